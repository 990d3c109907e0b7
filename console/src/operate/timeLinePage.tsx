/** One aggregate's events, and what it was at any of them: as it took effect, and as it was known. */
import {
  Anchor,
  Badge,
  Button,
  Card,
  Group,
  SegmentedControl,
  SimpleGrid,
  Slider,
  Stack,
  Table,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useMemo, useState } from 'react';
import type { Event, Row } from 'user-management-client';
import { Link } from 'wouter';
import { addressOf, type Kind, read } from '../aggregates/kinds.ts';
import { useAsked, usePages } from '../parts/hooks.ts';
import { PageTitle } from '../parts/pageTitle.tsx';
import { Pager } from '../parts/pager.tsx';
import { Loading, Problem } from '../parts/states.tsx';
import { countText, momentOf, valueText } from '../parts/words.ts';
import { useClient } from '../session/context.ts';
import { CorrectionForm } from './correctionForm.tsx';
import { EventCard } from './eventCard.tsx';
import { correctionIn, stateAt } from './events.ts';

/** So many cards a browser shows without effort. */
const pageSize = 100;
/** Milliseconds without a further key until what is typed, or where a slider stands, is looked for. */
const patience = 300;

export function TimeLinePage({ kind, id }: { kind: Kind; id: string }) {
  const client = useClient();
  const [direction, setDirection] = useState<'ASC' | 'DESC'>('ASC');
  const [typed, setTyped] = useState('');
  const [begin] = useDebouncedValue(typed, patience);
  const fromVersion = Math.trunc(Number(begin));
  const asked = {
    aggregate: kind.aggregate,
    aggregateId: id,
    direction,
    limit: pageSize,
    ...(fromVersion >= 1 && { fromVersion }),
  };
  const { items, more, busy, error, page, go, again } = usePages<Event>(
    (nextToken, signal) => client.events({ ...asked, ...(nextToken && { nextToken }) }, { signal }),
    JSON.stringify(asked),
  );
  // Of a stream that is not seen to its end, the row knows the version.
  const { value: row } = useAsked(() => read(client, kind, id), [client, kind, id, items]);
  const [correcting, setCorrecting] = useState<Event | 'missing' | null>(null);
  if (error && !items) return <Problem error={error} retry={again} />;
  if (!items) return <Loading what="the events" />;
  const versions = items.map(({ version }) => version);
  const [last, first] = [Math.max(0, ...versions), versions.length > 0 ? Math.min(...versions) : 0];
  // Until the other order is there, the one before stays.
  const backwards = first !== last ? versions[0] === last : direction === 'DESC';
  // Whether the last event is among these.
  const whole = backwards ? page === 0 && !busy && !asked.fromVersion : !more;
  /** There are others than these. */
  const others = page > 0 || more || asked.fromVersion !== undefined;
  const corrections = correctionsOf(items);
  return (
    <Stack>
      <Anchor component={Link} href={addressOf(kind, id)} size="sm">
        ← The {kind.one}
      </Anchor>
      <Group justify="space-between">
        <PageTitle>{row ? `Time line of ${kind.nameOf(row)}` : 'Time line'}</PageTitle>
        {items.length > 0 && (
          <Button variant="default" onClick={() => setCorrecting('missing')}>
            Insert a missing event
          </Button>
        )}
      </Group>
      <Text size="sm" c="dimmed">
        {kind.one.charAt(0).toUpperCase() + kind.one.slice(1)} <span className="id">{id}</span> ·{' '}
        {others && last > 0 ? `versions ${first} to ${last}` : countText(items.length, 'event')}
        {others && row && ` of ${row.version}`}
      </Text>
      <Problem error={error} retry={again} />
      {items.length === 0 && !others ? (
        <Text>Nothing has ever happened to this id.</Text>
      ) : (
        <SimpleGrid cols={{ base: 1, lg: 2 }}>
          {items.length > 0 && (
            <Slice key={`${JSON.stringify(asked)} ${page}`} kind={kind} id={id} events={items} more={!whole} />
          )}
          <Stack miw={0}>
            <Title order={3}>Events</Title>
            <Group>
              <SegmentedControl
                size="xs"
                aria-label="Order of the events"
                value={direction}
                onChange={(chosen) => setDirection(chosen as typeof direction)}
                data={[
                  { value: 'ASC', label: 'First events first' },
                  { value: 'DESC', label: 'Last events first' },
                ]}
              />
              {others && (
                <TextInput
                  type="number"
                  size="xs"
                  min={1}
                  w={130}
                  aria-label="Begin at version"
                  placeholder="Begin at version"
                  value={typed}
                  onChange={({ currentTarget }) => setTyped(currentTarget.value)}
                />
              )}
              <Pager of="the events" page={page} more={more} busy={busy} onPage={go} />
            </Group>
            {items.length === 0 && <Text role="status">It has no such version.</Text>}
            <ol className="events" start={items[0]?.version} reversed={backwards}>
              {items.map((event) => (
                <li key={event.eventId}>
                  <EventCard
                    event={event}
                    correctedBy={corrections.get(event.version) ?? []}
                    onCorrect={() => setCorrecting(event)}
                  />
                </li>
              ))}
            </ol>
          </Stack>
        </SimpleGrid>
      )}
      {correcting && (
        <CorrectionForm
          kind={kind}
          id={id}
          event={correcting === 'missing' ? null : correcting}
          expectedVersion={whole ? last : row?.version}
          onClose={() => setCorrecting(null)}
          onDone={again}
        />
      )}
    </Stack>
  );
}

/** By version: the versions of its corrections, as far as they are among these events. */
const correctionsOf = (events: readonly Event[]): Map<number, number[]> => {
  const by = new Map<number, number[]>();
  for (const event of events) {
    const about = correctionIn(event)?.version;
    if (about !== undefined) by.set(about, [...(by.get(about) ?? []), event.version]);
  }
  return by;
};

interface SliceProps {
  kind: Kind;
  id: string;
  events: readonly Event[];
  /** There are later ones. */
  more: boolean;
}

/** The state at one point of both times, chosen by sliders that stop at each event. */
function Slice({ kind, id, events, more }: SliceProps) {
  const client = useClient();
  const { effective, recorded } = useMemo(() => momentsOf(events, more), [events, more]);
  const [at, setAt] = useState(effective.length - 1);
  const [known, setKnown] = useState(recorded.length - 1);
  const toLast = () => {
    setAt(effective.length - 1);
    setKnown(recorded.length - 1);
  };
  // After a correction there is one more.
  useEffect(toLast, [effective, recorded]);
  const timestamp = effective[Math.min(at, effective.length - 1)]!;
  const knownAt = recorded[Math.min(known, recorded.length - 1)]!;
  // A key that is held down passes many events.
  const [asked] = useDebouncedValue(`${timestamp} ${knownAt}`, patience / 2);
  const { value, error, busy, again } = useAsked(
    (signal) => stateAt(client, kind, { id, timestamp, knownAt }, signal),
    [client, id, asked],
  );
  return (
    <Card withBorder component="section" aria-label="State at a moment" miw={0} style={{ alignSelf: 'start' }}>
      <Stack>
        <MomentSlider label="As of" moments={effective} value={at} onChange={setAt} />
        <MomentSlider label="As it was known at" moments={recorded} value={known} onChange={setKnown} />
        <Group>
          <Button size="xs" variant="default" onClick={toLast}>
            Now
          </Button>
          {(busy || asked !== `${timestamp} ${knownAt}`) && <Badge color="gray">Asking</Badge>}
        </Group>
        <Problem error={error} retry={again} />
        {!busy && !value && !error && <Text role="status">There was none then.</Text>}
        {value && (
          <Table aria-label="State">
            <Table.Tbody>
              {kind.fields.map(({ name, label }) => (
                <Table.Tr key={name}>
                  <Table.Th scope="row">{label}</Table.Th>
                  <Table.Td>{shownValue(value, name)}</Table.Td>
                </Table.Tr>
              ))}
              <Table.Tr>
                <Table.Th scope="row">Version</Table.Th>
                <Table.Td>{value.version}</Table.Td>
              </Table.Tr>
            </Table.Tbody>
          </Table>
        )}
      </Stack>
    </Card>
  );
}

/**
 * The moments at which something was recorded, and those at which something took effect; at the end now, where more has
 * happened since.
 */
const momentsOf = (events: readonly Event[], more: boolean): { effective: string[]; recorded: string[] } => {
  const now = more ? [new Date().toISOString()] : [];
  const ordered = (moments: string[]) => [...new Set([...moments, ...now])].sort();
  const recorded = events.map(({ timestamp }) => timestamp);
  return {
    recorded: ordered(recorded),
    effective: ordered([...recorded, ...events.map(({ effectiveAt }) => effectiveAt)]),
  };
};

/** References by the names of what they refer to, where that is still there. */
const shownValue = (row: Row, name: string): string => {
  const values = row as unknown as Record<string, unknown>;
  const referred = values[name.replace(/Ids?$/, name.endsWith('Ids') ? 's' : '')] as Named | Named[] | null | undefined;
  if (name.endsWith('Ids') && Array.isArray(referred)) return valueText(referred.map((each) => each.name));
  if (name.endsWith('Id') && referred && !Array.isArray(referred)) return referred.name;
  return valueText(values[name]);
};

interface Named {
  name: string;
}

interface MomentSliderProps {
  label: string;
  moments: string[];
  value: number;
  onChange: (index: number) => void;
}

function MomentSlider({ label, moments, value, onChange }: MomentSliderProps) {
  const [shown, setShown] = useState(value);
  useEffect(() => setShown(value), [value]);
  const moment = momentOf(moments[Math.min(shown, moments.length - 1)]);
  return (
    <div>
      <Text size="sm" fw={600}>
        {label} {moment}
      </Text>
      <Slider
        min={0}
        max={Math.max(moments.length - 1, 0)}
        value={shown}
        label={null}
        disabled={moments.length < 2}
        thumbLabel={label}
        thumbProps={{ 'aria-valuetext': moment }}
        onChange={setShown}
        onChangeEnd={onChange}
      />
    </div>
  );
}
