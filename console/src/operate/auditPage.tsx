/** All events in order of time, narrowed to what is looked for. */
import { Anchor, Button, Group, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import type { ColumnDef } from '@tanstack/react-table';
import { useEffect, useMemo, useState } from 'react';
import type { Event } from 'user-management-client';
import { Link } from 'wouter';
import { DataTable } from '../parts/dataTable.tsx';
import { Loading, Problem } from '../parts/states.tsx';
import { localInput, momentOf, shortId } from '../parts/words.ts';
import { useClient } from '../session/context.ts';
import { kindOf, kinds } from '../aggregates/kinds.ts';

const day = 24 * 60 * 60 * 1_000;

export function AuditPage() {
  const client = useClient();
  const [since, setSince] = useState(() => localInput(new Date(Date.now() - day)));
  const [aggregate, setAggregate] = useState<string | null>(null);
  const [words, setWords] = useState('');
  const [events, setEvents] = useState<Event[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [busy, setBusy] = useState(true);
  const [error, setError] = useState<unknown>(null);

  const load = async (token: string | null, signal?: AbortSignal) => {
    setBusy(true);
    try {
      const timestamp = new Date(since).toISOString();
      const page = await client.eventsSince({ timestamp, limit: 50, ...(token && { nextToken: token }) }, { signal });
      setEvents((before) => (token ? [...before, ...page.items] : page.items));
      setNext(page.nextToken);
      setError(null);
    } catch (thrown) {
      if (!signal?.aborted) setError(thrown);
    }
    setBusy(false);
  };
  useEffect(() => {
    const stop = new AbortController();
    if (!Number.isNaN(Date.parse(since))) void load(null, stop.signal);
    return () => stop.abort();
  }, [client, since]);

  const wanted = words.trim().toLowerCase();
  const rows = useMemo(
    () =>
      events.filter(
        (event) =>
          (!aggregate || event.aggregate === aggregate) &&
          (!wanted ||
            `${event.type} ${event.actor} ${event.aggregateId} ${event.commandId}`.toLowerCase().includes(wanted)),
      ),
    [events, aggregate, wanted],
  );
  return (
    <Stack>
      <Title order={2}>Audit</Title>
      <Group align="flex-end">
        <TextInput
          type="datetime-local"
          step={1}
          label="Since"
          value={since}
          onChange={({ currentTarget }) => setSince(currentTarget.value)}
        />
        <Select
          label="Kind"
          clearable
          placeholder="All"
          value={aggregate}
          onChange={setAggregate}
          data={kinds.map((kind) => ({ value: kind.aggregate, label: kind.title }))}
        />
        <TextInput
          type="search"
          label="Type, actor or id"
          value={words}
          onChange={({ currentTarget }) => setWords(currentTarget.value)}
        />
        <Button variant="default" loading={busy} onClick={() => void load(null)}>
          Ask again
        </Button>
      </Group>
      <Problem error={error} />
      {busy && events.length === 0 ? (
        <Loading what="the events" />
      ) : (
        <DataTable
          caption="Events"
          rows={rows}
          columns={columns}
          keyOf={({ eventId }) => eventId}
          empty="No event since then that fits."
        />
      )}
      <Group>
        <Text size="sm" c="dimmed" role="status">
          {rows.length} of {events.length} events{next ? ', more to come' : ''}
        </Text>
        {next && (
          <Button variant="default" size="xs" loading={busy} onClick={() => void load(next)}>
            Load more
          </Button>
        )}
      </Group>
    </Stack>
  );
}

const columns: ColumnDef<Event>[] = [
  {
    id: 'timestamp',
    header: 'When',
    accessorFn: ({ timestamp }) => timestamp,
    cell: ({ row }) => <span style={{ whiteSpace: 'nowrap' }}>{momentOf(row.original.timestamp)}</span>,
  },
  { id: 'type', header: 'What', accessorFn: ({ type }) => type },
  {
    id: 'of',
    header: 'Of',
    accessorFn: ({ aggregateId }) => aggregateId,
    cell: ({ row: { original } }) => (
      <Anchor
        component={Link}
        className="id"
        href={`/timeline/${kindOf(original.aggregate).aggregate.toLowerCase()}/${encodeURIComponent(original.aggregateId)}`}
        title={`Time line of ${original.aggregateId}`}
      >
        {shortId(original.aggregateId)}
      </Anchor>
    ),
  },
  { id: 'version', header: 'Version', accessorFn: ({ version }) => version },
  { id: 'actor', header: 'Who', accessorFn: ({ actor }) => actor },
  {
    id: 'command',
    header: 'Command',
    enableSorting: false,
    accessorFn: ({ commandId }) => commandId,
    cell: ({ row: { original } }) => (
      <Anchor
        component={Link}
        className="id"
        href={`/commands/${original.commandId}`}
        title={`Journey of command ${original.commandId}`}
      >
        {shortId(original.commandId)}
      </Anchor>
    ),
  },
];
