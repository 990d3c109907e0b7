/** The way of commands and events, as it stands at the moment. */
import { Badge, Group, Stack, Switch, Text, Title } from '@mantine/core';
import type { ColumnDef } from '@tanstack/react-table';
import { useEffect, useState } from 'react';
import type { Pipeline, QueueState } from 'user-management-client';
import { DataTable } from '../parts/dataTable.tsx';
import { usePolled } from '../parts/hooks.ts';
import { PageTitle } from '../parts/pageTitle.tsx';
import { LiveBadge, Loading, Problem } from '../parts/states.tsx';
import { countText, momentOf } from '../parts/words.ts';
import { useClient } from '../session/context.ts';
import { DeadLetters } from './deadLetters.tsx';
import { type Heard, type Picture, pictureOf, type Stretch, underWay, useHeard } from './pipeline.ts';
import { Stage } from './stage.tsx';

/** Milliseconds from an answer to the next question. */
const pause = 2_000;
/** So many numbers are kept of the past. */
const remembered = 60;

export function PipelinePage() {
  const client = useClient();
  const heard = useHeard();
  const { value, error, at, again } = usePolled((signal) => client.pipeline({}, { signal }), pause, [client]);
  return (
    <Stack>
      <Group>
        <PageTitle>Pipeline</PageTitle>
        <LiveBadge status={heard.state} />
      </Group>
      <Problem error={error} retry={again} />
      {!value && !error && <Loading what="the queues" />}
      {value && (
        <>
          <Summary of={value} at={at} />
          <Stages of={value} heard={heard} />
          <DeadLetters of={value.queues} onDone={again} />
          <Queues of={value.queues} />
        </>
      )}
    </Stack>
  );
}

function Summary({ of, at }: { of: Pipeline; at: number }) {
  const { commands, projections, recoveries } = pictureOf(of);
  const busy = [commands, projections, recoveries].reduce((sum, stretch) => sum + underWay(stretch), 0);
  return (
    <Group gap="xs">
      <Badge color={of.deadLetters > 0 ? 'red' : 'green'} role="status">
        {of.deadLetters > 0 ? countText(of.deadLetters, 'dead letter') : 'No dead letters'}
      </Badge>
      <Badge color={busy > 0 ? 'blue' : 'gray'} role="status">
        {busy > 0 ? 'Messages are on their way' : 'All queues are empty'}
      </Badge>
      <Text size="xs" c="dimmed">
        As of {momentOf(new Date(at).toISOString())}. Numbers of messages are estimates of SQS.
      </Text>
    </Group>
  );
}

interface StagesProps {
  of: Pipeline;
  heard: Heard;
}

interface Sample {
  commands: number;
  events: number;
  projections: number;
  notifications: number;
  recoveries: number;
  dead: number;
}

const sampleOf = (
  { commands, projections, recoveries }: Picture,
  { events, notifications }: Heard,
  dead: number,
): Sample => ({
  commands: underWay(commands),
  events,
  projections: underWay(projections),
  notifications,
  recoveries: underWay(recoveries),
  dead,
});

function Stages({ of, heard }: StagesProps) {
  const picture = pictureOf(of);
  const { commands, projections, recoveries } = picture;
  const now = sampleOf(picture, heard, of.deadLetters);
  const [past, setPast] = useState<Sample[]>([now]);
  // One sample for each answer, and one for each second's count.
  useEffect(() => setPast((before) => [...before, now].slice(-remembered)), [of, heard]);
  const pastOf = (name: keyof Sample) => past.map((sample) => sample[name]);
  const isHeard = Date.now() - heard.at < 5_000;
  return (
    <>
      <ol className="stages" aria-label="From a command to those who are told">
        <Stage
          title="Commands"
          count={now.commands}
          of="on their queues"
          past={pastOf('commands')}
          moves={now.commands > 0 || isHeard}
        >
          <Waits of={commands} />
          {lagText('decided within', of.commandLag)}
        </Stage>
        <Stage
          title="Events"
          count={now.events}
          of="heard of in the latest minute"
          past={pastOf('events')}
          moves={now.projections > 0 || isHeard}
        />
        <Stage
          title="Projections"
          count={now.projections}
          of="events on their way to their views"
          past={pastOf('projections')}
          moves={isHeard}
        >
          <Waits of={projections} />
          {lagText('shown within', of.projectionLag)}
        </Stage>
        <Stage
          title="Notifications"
          count={now.notifications}
          of="heard in the latest minute"
          past={pastOf('notifications')}
        >
          {lagText('the latest about', heard.lag, ' after its event')}
        </Stage>
      </ol>
      <ul className="stages" aria-label="Beside it">
        <Stage title="Recoveries" count={now.recoveries} of="steps on their queue" past={pastOf('recoveries')}>
          <Waits of={recoveries} />
        </Stage>
        <Stage
          title="Dead letters"
          count={now.dead}
          of={
            now.dead === 0 ? 'nothing is given up' : now.dead === 1 ? 'waits for an operator' : 'wait for an operator'
          }
          past={pastOf('dead')}
          trouble={now.dead > 0}
        />
      </ul>
    </>
  );
}

function Waits({ of: { waiting, inFlight, oldest } }: { of: Stretch }) {
  return (
    <div>
      {waiting} waiting, {inFlight} in flight{oldest !== null && `, the oldest for ${seconds(oldest)}`}
    </div>
  );
}

const seconds = (of: number): string =>
  of < 120 ? `${of < 10 ? of.toFixed(1) : Math.round(of)} s` : `${Math.round(of / 60)} min`;

const lagText = (words: string, lag: number | null, after = '') =>
  lag === null ? null : (
    <div>
      {words} {seconds(lag)}
      {after}
    </div>
  );

function Queues({ of: queues }: { of: QueueState[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? queues : queues.filter(isBusy);
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Title order={3} size="h4">
          Queues
        </Title>
        <Switch label="Empty ones too" checked={all} onChange={({ currentTarget }) => setAll(currentTarget.checked)} />
      </Group>
      <DataTable
        caption="Queues"
        rows={shown}
        columns={columns}
        keyOf={({ name }) => name}
        empty={`All ${queues.length} are empty.`}
      />
    </Stack>
  );
}

const isBusy = ({ waiting, inFlight, deadLetters }: QueueState): boolean => waiting + inFlight + deadLetters > 0;

const columns: ColumnDef<QueueState>[] = [
  { id: 'name', header: 'Queue', accessorFn: ({ name }) => name },
  { id: 'waiting', header: 'Waiting', accessorFn: ({ waiting }) => waiting },
  { id: 'inFlight', header: 'In flight', accessorFn: ({ inFlight }) => inFlight },
  {
    id: 'oldest',
    header: 'Oldest',
    accessorFn: ({ oldestSeconds }) => oldestSeconds ?? -1,
    cell: ({ row: { original } }) => (original.oldestSeconds === null ? '–' : seconds(original.oldestSeconds)),
  },
  { id: 'dead', header: 'Dead letters', accessorFn: ({ deadLetters }) => deadLetters },
];
