/** One aggregate's events, and what it was at any of them: as it took effect, and as it was known. */
import { Anchor, Badge, Button, Card, Group, SimpleGrid, Slider, Stack, Table, Text, Title } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import type { Event, Row } from 'user-management-client';
import { Link } from 'wouter';
import { addressOf, type Kind, kindOf } from '../aggregates/kinds.ts';
import { useAsked } from '../parts/hooks.ts';
import { Loading, Problem } from '../parts/states.tsx';
import { momentOf, valueText } from '../parts/words.ts';
import { useClient } from '../session/context.ts';
import { CorrectionForm } from './correctionForm.tsx';
import { EventCard } from './eventCard.tsx';
import { everyEvent, stateAt } from './events.ts';

export function TimeLinePage({ aggregate, id }: { aggregate: string; id: string }) {
  const client = useClient();
  const kind = kindOf(aggregate);
  const { value: events, error, again } = useAsked((signal) => everyEvent(client, kind, id, signal), [client, id]);
  const [correcting, setCorrecting] = useState<Event | null>(null);
  if (error) return <Problem error={error} retry={again} />;
  if (!events) return <Loading what="the events" />;
  return (
    <Stack>
      <Anchor component={Link} href={addressOf(kind, id)} size="sm">
        ← The {kind.one}
      </Anchor>
      <Title order={2}>Time line</Title>
      <Text size="sm" c="dimmed">
        {kind.title} · <span className="id">{id}</span> · {events.length} events
      </Text>
      {events.length === 0 ? (
        <Text>Nothing has ever happened to this id.</Text>
      ) : (
        <SimpleGrid cols={{ base: 1, lg: 2 }}>
          <Slice kind={kind} id={id} events={events} />
          <Stack miw={0}>
            <Title order={3}>Events</Title>
            <ol className="events">
              {events.map((event) => (
                <li key={event.eventId}>
                  <EventCard event={event} onCorrect={() => setCorrecting(event)} />
                </li>
              ))}
            </ol>
          </Stack>
        </SimpleGrid>
      )}
      {correcting && <CorrectionForm event={correcting} onClose={() => setCorrecting(null)} onDone={again} />}
    </Stack>
  );
}

/** The state at one point of both times, chosen by sliders that stop at each event. */
function Slice({ kind, id, events }: { kind: Kind; id: string; events: Event[] }) {
  const client = useClient();
  const moments = useMemo(() => [...new Set(events.map(({ timestamp }) => timestamp))].sort(), [events]);
  const last = moments.length - 1;
  const [at, setAt] = useState(last);
  const [known, setKnown] = useState(last);
  // After a correction there is one more.
  useEffect(() => {
    setAt(last);
    setKnown(last);
  }, [last]);
  const timestamp = moments[Math.min(at, last)]!;
  const knownAt = moments[Math.min(known, last)]!;
  const { value, error, busy, again } = useAsked(
    (signal) => stateAt(client, kind, { id, timestamp, knownAt }, signal),
    [client, id, timestamp, knownAt],
  );
  return (
    <Card withBorder component="section" aria-label="State at a moment" miw={0}>
      <Stack>
        <MomentSlider label="As of" moments={moments} value={at} onChange={setAt} />
        <MomentSlider label="As it was known at" moments={moments} value={known} onChange={setKnown} />
        <Group>
          <Button size="xs" variant="default" onClick={() => (setAt(last), setKnown(last))}>
            Now
          </Button>
          {busy && <Badge color="gray">Asking</Badge>}
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
