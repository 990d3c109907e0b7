/** All events in order of time, narrowed to what is looked for, page by page. */
import { Anchor, Button, Group, MultiSelect, Select, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { ColumnDef } from '@tanstack/react-table';
import { useMemo } from 'react';
import type { Event } from 'user-management-client';
import { eventTypesOf, type Kind, kindOf, kinds } from '../aggregates/kinds.ts';
import { DataTable } from '../parts/dataTable.tsx';
import { momentWidth } from '../parts/fields.tsx';
import { useKept, usePages } from '../parts/hooks.ts';
import { PageTitle } from '../parts/pageTitle.tsx';
import { Moment } from '../parts/moment.tsx';
import { Pager } from '../parts/pager.tsx';
import { Loading, Problem } from '../parts/states.tsx';
import { countText, localInput, momentIn } from '../parts/words.ts';
import { useClient } from '../session/context.ts';
import { JourneyLink, TimeLineLink } from './links.tsx';

const day = 24 * 60 * 60 * 1_000;
const pageSize = 50;
/** Milliseconds without a further key until what is typed is looked for. */
const patience = 300;

interface Filter {
  /** As inputs have them, in local time. */
  since: string;
  until: string;
  actor: string;
  aggregate: Kind['aggregate'] | null;
  types: string[];
}

export function AuditPage() {
  const client = useClient();
  const [filter, setFilter] = useKept<Filter>('filter', () => ({
    since: localInput(new Date(Date.now() - day)),
    until: '',
    actor: '',
    aggregate: null,
    types: [],
  }));
  const [{ since, until, actor, aggregate, types }] = useDebouncedValue(filter, patience);
  const asked = {
    timestamp: momentIn(since) ?? new Date(0).toISOString(),
    ...(momentIn(until) && { until: momentIn(until) }),
    ...(actor.trim() && { actor: actor.trim() }),
    ...(aggregate && { aggregate }),
    ...(types.length > 0 && { types }),
    limit: pageSize,
  };
  const { items, more, busy, error, page, go, again } = usePages<Event>(
    (nextToken, signal) => client.eventsSince({ ...asked, ...(nextToken && { nextToken }) }, { signal }),
    JSON.stringify(asked),
  );
  const change = (to: Partial<Filter>) => setFilter((before) => ({ ...before, ...to }));
  const columns = useMemo(() => columnsOf((of) => change({ actor: of })), []);
  return (
    <Stack>
      <PageTitle>Audit</PageTitle>
      <Filters of={filter} onChange={change} />
      <Group>
        <Button variant="default" size="xs" loading={busy} onClick={again}>
          Ask again
        </Button>
        {items && (
          <Text size="sm" c="dimmed" role="status">
            {countText(items.length, 'event')} on this page{more ? ', more to come' : ''}
          </Text>
        )}
      </Group>
      <Problem error={error} retry={again} />
      {!items ? (
        !error && <Loading what="the events" />
      ) : (
        <DataTable
          caption="Events"
          rows={items}
          columns={columns}
          keyOf={({ eventId }) => eventId}
          empty={more ? 'None on this page that fits; there may be some on the next.' : 'No event that fits.'}
        />
      )}
      <Pager of="the audit" page={page} more={more} busy={busy} onPage={go} />
    </Stack>
  );
}

const wide = { base: '100%', sm: momentWidth };
const narrow = { base: '100%', sm: 200 };

function Filters({ of, onChange }: { of: Filter; onChange: (to: Partial<Filter>) => void }) {
  const offered = of.aggregate ? eventTypesOf(kindOf(of.aggregate)) : kinds.flatMap(eventTypesOf);
  return (
    <Group align="flex-start">
      <TextInput
        type="datetime-local"
        step={1}
        label="Since"
        w={wide}
        value={of.since}
        onChange={({ currentTarget }) => onChange({ since: currentTarget.value })}
      />
      <TextInput
        type="datetime-local"
        step={1}
        label="Until"
        w={wide}
        value={of.until}
        error={of.until !== '' && of.until < of.since ? 'Before the other' : undefined}
        onChange={({ currentTarget }) => onChange({ until: currentTarget.value })}
      />
      <Select
        label="Kind"
        w={narrow}
        clearable
        clearButtonProps={{ 'aria-label': 'All kinds' }}
        placeholder="All"
        value={of.aggregate}
        // Types of another kind would leave nothing.
        onChange={(aggregate) => onChange({ aggregate: aggregate as Filter['aggregate'], types: [] })}
        data={kinds.map((kind) => ({ value: kind.aggregate, label: kind.title }))}
      />
      <MultiSelect
        label="Types"
        clearable
        clearButtonProps={{ 'aria-label': 'All types' }}
        searchable
        placeholder={of.types.length === 0 ? 'All' : undefined}
        w={narrow}
        value={of.types}
        data={offered}
        onChange={(types) => onChange({ types })}
      />
      <TextInput
        type="search"
        label="Who"
        w={narrow}
        placeholder="admin:auth0|…"
        value={of.actor}
        onChange={({ currentTarget }) => onChange({ actor: currentTarget.value })}
      />
    </Group>
  );
}

const columnsOf = (onActor: (actor: string) => void): ColumnDef<Event>[] => [
  {
    id: 'timestamp',
    header: 'When',
    accessorFn: ({ timestamp }) => timestamp,
    cell: ({ row }) => <Moment of={row.original.timestamp} />,
  },
  { id: 'type', header: 'What', accessorFn: ({ type }) => type },
  {
    id: 'of',
    header: 'Of',
    accessorFn: ({ name, aggregateId }) => name ?? aggregateId,
    cell: ({ row: { original } }) => (
      <TimeLineLink aggregate={original.aggregate} id={original.aggregateId} name={original.name} />
    ),
  },
  { id: 'version', header: 'Version', accessorFn: ({ version }) => version },
  {
    id: 'actor',
    header: 'Who',
    accessorFn: ({ actor }) => actor,
    cell: ({ row: { original } }) => (
      <Anchor
        component="button"
        type="button"
        size="sm"
        ta="left"
        title={`Only what ${original.actor} did`}
        onClick={() => onActor(original.actor)}
      >
        {original.actor}
      </Anchor>
    ),
  },
  {
    id: 'command',
    header: 'Command',
    enableSorting: false,
    accessorFn: ({ commandId }) => commandId,
    cell: ({ row }) => <JourneyLink commandId={row.original.commandId} actor={row.original.actor} />,
  },
];
