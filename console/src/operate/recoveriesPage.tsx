/** Rebuilding the views: started, watched, stopped. */
import { Badge, Button, Card, Group, Progress, Stack, Text, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Closed, type Recovery } from 'user-management-client';
import { Confirm } from '../parts/confirm.tsx';
import { momentWidth } from '../parts/fields.tsx';
import { usePages } from '../parts/hooks.ts';
import { PageTitle } from '../parts/pageTitle.tsx';
import { Pager } from '../parts/pager.tsx';
import { Loading, Problem } from '../parts/states.tsx';
import { localInput, momentOf } from '../parts/words.ts';
import { useClient } from '../session/context.ts';

const colors = { RUNNING: 'blue', COMPLETED: 'green', FAILED: 'red', CANCELLED: 'gray' } as const;
const hour = 60 * 60 * 1_000;

export function RecoveriesPage() {
  const client = useClient();
  const { items, more, busy, error, page, go, again } = usePages<Recovery>(
    (nextToken, signal) => client.recoveries({ limit: 25, ...(nextToken && { nextToken }) }, { signal }),
    'recoveries',
  );
  const [since, setSince] = useState(() => localInput(new Date(Date.now() - hour)));
  const [asking, setAsking] = useState<string | null>(null);
  return (
    <Stack>
      <PageTitle>Recoveries</PageTitle>
      <Text size="sm">
        A recovery rebuilds the rows of everything that has an event at or after a moment, each from all of its events.
        Queries and commands go on meanwhile.
      </Text>
      <form
        aria-label="Start a recovery"
        onSubmit={(event) => {
          event.preventDefault();
          setAsking(new Date(since).toISOString());
        }}
      >
        <Group align="flex-end">
          <TextInput
            type="datetime-local"
            step={1}
            label="From"
            w={{ base: '100%', sm: momentWidth }}
            value={since}
            required
            onChange={({ currentTarget }) => setSince(currentTarget.value)}
          />
          <Button type="submit">Recover from here</Button>
          <Button variant="default" onClick={() => setAsking('1970-01-01T00:00:00.000Z')}>
            Rebuild everything
          </Button>
        </Group>
      </form>
      <Problem error={error} retry={again} />
      {!items && !error && <Loading what="the recoveries" />}
      {items?.length === 0 && <Text c="dimmed">There has been no recovery yet.</Text>}
      {items?.map((recovery) => (
        <RecoveryCard key={recovery.recoveryId} of={recovery} />
      ))}
      <Pager of="the recoveries" page={page} more={more} busy={busy} onPage={go} />
      {asking && (
        <Confirm
          title="Start a recovery?"
          action="Start"
          harmless
          run={async () => {
            await client.recoverFrom({ timestamp: asking });
            if (page > 0) go(0);
            else again();
          }}
          onClose={() => setAsking(null)}
        >
          Rows of everything with an event since {momentOf(asking)} are rebuilt from their events. A complete rebuild
          also removes rows that no events account for. Subscribers hear of rows that change.
        </Confirm>
      )}
    </Stack>
  );
}

function RecoveryCard({ of }: { of: Recovery }) {
  const client = useClient();
  const [recovery, setRecovery] = useState(of);
  const [error, setError] = useState<unknown>(null);
  const [cancelling, setCancelling] = useState(false);
  const running = recovery.status === 'RUNNING';
  const cancel = async () => {
    setCancelling(true);
    setError(null);
    await client.cancelRecovery({ recoveryId: of.recoveryId }).then(setRecovery, setError);
    setCancelling(false);
  };
  useEffect(() => {
    if (of.status !== 'RUNNING') return;
    const watch = client.watch(of.recoveryId);
    const stop = watch.subscribe((now) => now && setRecovery(now));
    watch.finished.catch((thrown) => !(thrown instanceof Closed) && setError(thrown));
    return () => {
      stop();
      watch.close();
    };
  }, [client, of]);
  const { status, discovered, rebuilt, changed, failed } = recovery;
  const share = discovered === 0 ? (running ? 0 : 100) : (100 * (rebuilt + failed)) / discovered;
  return (
    <Card withBorder component="article" aria-label={`Recovery from ${momentOf(recovery.timestamp)}`}>
      <Group justify="space-between">
        <Group>
          <Badge color={colors[status]} role="status">
            {status}
          </Badge>
          <Text size="sm">
            from {momentOf(recovery.timestamp)}, begun {momentOf(recovery.startedAt)}
          </Text>
        </Group>
        {running && (
          <Button size="xs" variant="default" loading={cancelling} onClick={() => void cancel()}>
            Cancel
          </Button>
        )}
      </Group>
      <Progress value={share} my="sm" animated={running} aria-label="Rebuilt" />
      <Text size="sm">
        {rebuilt} of {discovered} rebuilt, {changed} changed, {failed} failed
        {recovery.completedAt && `; ended ${momentOf(recovery.completedAt)}`}
      </Text>
      {recovery.lastError && (
        <Text size="sm" c="red">
          {recovery.lastError}
        </Text>
      )}
      <Problem error={error} />
    </Card>
  );
}
