/** What could not be handled, why, and how it is sent on its way again. */
import { Badge, Button, Card, Group, Progress, Stack, Text, Title } from '@mantine/core';
import type { ColumnDef } from '@tanstack/react-table';
import { useState } from 'react';
import type { DeadLetter, QueueState, Redrive } from 'user-management-client';
import { Confirm } from '../parts/confirm.tsx';
import { DataTable } from '../parts/dataTable.tsx';
import { useAsked } from '../parts/hooks.ts';
import { Moment } from '../parts/moment.tsx';
import { Loading, Problem } from '../parts/states.tsx';
import { momentOf, shortId } from '../parts/words.ts';
import { useClient } from '../session/context.ts';
import { JourneyLink, TimeLineLink } from './links.tsx';
import { failureQueue } from './pipeline.ts';

interface DeadLettersProps {
  of: QueueState[];
  /** Something has been brought back. */
  onDone: () => void;
}

export function DeadLetters({ of: queues, onDone }: DeadLettersProps) {
  /** Queues whose letters were brought back from here: they are shown to the end. */
  const [begun, setBegun] = useState<ReadonlySet<string>>(new Set());
  const shown = queues.filter(({ name, deadLetters }) => deadLetters > 0 || begun.has(name));
  if (shown.length === 0) return null;
  const change = (name: string, add: boolean) =>
    setBegun((before) => new Set(add ? [...before, name] : [...before].filter((each) => each !== name)));
  return (
    <Stack component="section" aria-label="Dead letters" gap="sm">
      <Title order={3} size="h4">
        Dead letters
      </Title>
      <Text size="sm" maw={720}>
        Messages that failed ten times, or cannot be read. Nothing else waits for them, and nothing is lost for fourteen
        days. Look why they failed, mend that, then bring them back: repeats are harmless.
      </Text>
      {shown.map((queue) => (
        <Letters
          key={queue.name}
          of={queue}
          onBegun={() => {
            change(queue.name, true);
            onDone();
          }}
          onDismiss={() => change(queue.name, false)}
        />
      ))}
    </Stack>
  );
}

const meaning = (name: string): string => {
  if (name === failureQueue)
    return 'What the mediator could not pass on. Nothing takes from this queue, so it is not brought back: mend the cause, start a recovery from a moment before, and delete the messages.';
  if (name === 'recoveryQueue') return 'Steps of recoveries: those do not go on until they are brought back.';
  return /^execute[A-Z]/.test(name)
    ? 'Events whose rows are not up to date, or of which nobody was told.'
    : 'Commands that are not decided: their senders have no outcome.';
};

interface LettersProps {
  of: QueueState;
  onBegun: () => void;
  onDismiss: () => void;
}

function Letters({ of: { name, deadLetters, redrive }, onBegun, onDismiss }: LettersProps) {
  const client = useClient();
  const [looking, setLooking] = useState(false);
  const [asking, setAsking] = useState(false);
  return (
    <Card withBorder component="article" aria-label={`Dead letters of ${name}`}>
      <Group gap="xs">
        <Badge color={deadLetters > 0 ? 'red' : 'green'}>{deadLetters}</Badge>
        <Text fw={600} className="id">
          {name}
        </Text>
      </Group>
      <Text size="sm" my="xs" maw={720}>
        {deadLetters > 0 ? meaning(name) : 'All are back on their queue. What fails again comes here again.'}
      </Text>
      {redrive && <Progression of={redrive} />}
      <Group gap="xs">
        {deadLetters > 0 ? (
          <>
            <Button size="xs" variant="default" aria-expanded={looking} onClick={() => setLooking(!looking)}>
              {looking ? 'Close' : 'Look into them'}
            </Button>
            {name !== failureQueue && (
              <Button size="xs" disabled={redrive?.status === 'RUNNING'} onClick={() => setAsking(true)}>
                Bring them back
              </Button>
            )}
          </>
        ) : (
          <Button size="xs" variant="default" onClick={onDismiss}>
            Dismiss
          </Button>
        )}
      </Group>
      {looking && deadLetters > 0 && <Sample queue={name} count={deadLetters} />}
      {asking && (
        <Confirm
          title={`Bring back ${deadLetters} from ${name}?`}
          action="Bring them back"
          harmless
          run={async () => {
            await client.redrive({ queue: name });
            onBegun();
          }}
          onClose={() => setAsking(false)}
        >
          Each is handled again, as if it had just been sent. What has been done already is not done twice. What still
          fails is here again after ten tries, which can take half an hour.
        </Confirm>
      )}
    </Card>
  );
}

function Progression({ of: { status, moved, total, startedAt, failure } }: { of: Redrive }) {
  const running = status === 'RUNNING';
  return (
    <div role="status">
      <Text size="sm">
        {running ? `${moved} of about ${total} brought back` : `${words[status]}: ${moved} of about ${total}`},{' '}
        {running ? 'since' : 'begun'} {momentOf(startedAt)}
        {failure && `. SQS says: ${failure}`}
      </Text>
      <Progress my="xs" value={total === 0 ? 0 : (100 * moved) / total} animated={running} aria-label="Brought back" />
    </div>
  );
}

const words = { RUNNING: '', COMPLETED: 'Brought back', FAILED: 'Bringing back failed', CANCELLED: 'Stopped' } as const;

/** As many as an operator reads. */
const most = 25;

function Sample({ queue, count }: { queue: string; count: number }) {
  const client = useClient();
  const { value, error, busy, again } = useAsked(
    (signal) => client.deadLetters({ queue, limit: most }, { signal }),
    [client, queue],
  );
  return (
    <Stack gap="xs" mt="sm">
      <Problem error={error} retry={again} />
      {!value && !error && <Loading what="the dead letters" />}
      {value && (
        <>
          <DataTable
            caption={`Some dead letters of ${queue}`}
            rows={value}
            columns={columns}
            keyOf={({ messageId }) => messageId}
            empty="None just now: somebody else has them, or they are on their way back."
          />
          <Group gap="xs">
            <Button size="xs" variant="default" loading={busy} onClick={again}>
              Look again
            </Button>
            <Text size="xs" c="dimmed">
              {value.length < count ? `Some of them: ${value.length} of ${count}. ` : ''}Looking changes nothing. What
              they say of persons is not shown.
            </Text>
          </Group>
        </>
      )}
    </Stack>
  );
}

const columns: ColumnDef<DeadLetter>[] = [
  {
    id: 'reason',
    header: 'Why',
    accessorFn: ({ reason }) => reason,
    cell: ({ row: { original } }) => (
      <Text size="sm" miw="10rem">
        {original.reason ?? 'Nobody said: a function ended before it could, or was not called'}
      </Text>
    ),
  },
  {
    id: 'operation',
    header: 'Operation',
    accessorFn: ({ operation }) => operation ?? '–',
    cell: ({ row: { original } }) => (
      <div>
        {original.operation ?? '–'}
        {original.aggregate && original.aggregateId && (
          <>
            {' of '}
            <TimeLineLink aggregate={original.aggregate} id={original.aggregateId} />
          </>
        )}
      </div>
    ),
  },
  {
    id: 'command',
    header: 'Command',
    enableSorting: false,
    cell: ({ row: { original } }) => (original.commandId ? <JourneyLink commandId={original.commandId} /> : '–'),
  },
  {
    id: 'sent',
    header: 'Sent',
    accessorFn: ({ sentAt }) => sentAt,
    cell: ({ row }) => <Moment of={row.original.sentAt} />,
  },
  {
    id: 'failed',
    header: 'Failed',
    accessorFn: ({ failedAt }) => failedAt ?? '',
    cell: ({ row }) => <Moment of={row.original.failedAt} />,
  },
  { id: 'receives', header: 'Received', accessorFn: ({ receives }) => receives },
  {
    id: 'message',
    header: 'Message',
    enableSorting: false,
    cell: ({ row }) => (
      <span className="id" title={row.original.messageId}>
        {shortId(row.original.messageId)}
      </span>
    ),
  },
];
