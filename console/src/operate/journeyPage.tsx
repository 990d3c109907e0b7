/** How far one command has come: sent, decided, stored, shown. */
import { Anchor, Badge, Button, Group, Stack, Text, TextInput, Timeline } from '@mantine/core';
import { useState } from 'react';
import type { Client, CommandOutcome, Event, Row } from 'user-management-client';
import { Link, useLocation } from 'wouter';
import { addressOf, addressOfTimeLine, kindOf, read } from '../aggregates/kinds.ts';
import { useAsked } from '../parts/hooks.ts';
import { PageTitle } from '../parts/pageTitle.tsx';
import { Loading, Problem } from '../parts/states.tsx';
import { momentOf } from '../parts/words.ts';
import { useClient } from '../session/context.ts';
import { addressOfJourney } from './links.tsx';

interface Sent {
  commandId: string;
  /** As events say who sent theirs; empty: whoever is logged in. */
  actor: string;
}

interface Journey {
  outcome: CommandOutcome | null;
  event: Event | null;
  row: Row | null;
}

const follow = async (client: Client, { commandId, actor }: Sent, signal: AbortSignal): Promise<Journey> => {
  const outcome = await client.command({ commandId, ...(actor && { actor }) }, { signal });
  if (outcome?.status !== 'APPLIED') return { outcome, event: null, row: null };
  const { aggregate, aggregateId } = outcome;
  const [event, row] = await Promise.all([
    eventOf(client, outcome, signal),
    read(client, kindOf(aggregate), aggregateId),
  ]);
  return { outcome, event, row };
};

/** The event that a command left is the one at its outcome's version; another's is there if it left none. */
const eventOf = async (
  client: Client,
  { aggregate, aggregateId, commandId, version }: CommandOutcome,
  signal: AbortSignal,
): Promise<Event | null> => {
  if (!version) return null;
  const { items } = await client.events({ aggregate, aggregateId, fromVersion: version, limit: 1 }, { signal });
  return items.find((event) => event.commandId === commandId) ?? null;
};

export function JourneyPage({ commandId, actor }: Sent) {
  const [typed, setTyped] = useState({ commandId, actor });
  const [, go] = useLocation();
  return (
    <Stack>
      <PageTitle>A command’s journey</PageTitle>
      <form
        aria-label="Find a command"
        onSubmit={(event) => {
          event.preventDefault();
          go(addressOfJourney(typed.commandId.trim(), typed.actor.trim()));
        }}
      >
        <Group align="flex-end">
          <TextInput
            label="Command id"
            description="From its receipt, from a log, or from the audit"
            value={typed.commandId}
            w={{ base: '100%', sm: 360 }}
            onChange={({ currentTarget: { value } }) => setTyped((before) => ({ ...before, commandId: value }))}
          />
          <TextInput
            label="Sent by"
            description="Left empty: by you"
            placeholder="user:auth0|…"
            value={typed.actor}
            w={{ base: '100%', sm: 260 }}
            onChange={({ currentTarget: { value } }) => setTyped((before) => ({ ...before, actor: value }))}
          />
          <Button type="submit" disabled={typed.commandId.trim() === ''}>
            Follow
          </Button>
        </Group>
      </form>
      {commandId && <Steps commandId={commandId} actor={actor} />}
    </Stack>
  );
}

function Steps({ commandId, actor }: Sent) {
  const client = useClient();
  const { value, error, busy, again } = useAsked(
    (signal) => follow(client, { commandId, actor }, signal),
    [client, commandId, actor],
  );
  if (error) return <Problem error={error} retry={again} />;
  if (!value) return <Loading what="the command" />;
  const { outcome, event, row } = value;
  if (!outcome)
    return (
      <Stack align="flex-start">
        <Text role="status">
          Not decided yet, or not known of {actor || 'you'}: if somebody else sent it, say who. A command that was sent
          waits on its queue, or lies in a dead-letter queue.
        </Text>
        <Button variant="default" loading={busy} onClick={again}>
          Ask again
        </Button>
      </Stack>
    );
  const kind = kindOf(outcome.aggregate);
  const shown = row !== null && row.version >= (outcome.version ?? 0);
  const steps = outcome.status === 'REJECTED' ? 1 : 3;
  return (
    <Timeline active={steps} bulletSize={20}>
      <Timeline.Item title={`${outcome.operation} was sent`}>
        <Text size="sm" c="dimmed">
          by {outcome.actor ?? 'you'}, for {kind.one} {row && <bdi>{kind.nameOf(row)}</bdi>}{' '}
          <span className="id">{outcome.aggregateId}</span>
        </Text>
      </Timeline.Item>
      <Timeline.Item
        title={
          <>
            Decided: <Badge color={outcome.status === 'APPLIED' ? 'green' : 'red'}>{outcome.status}</Badge>
          </>
        }
      >
        <Text size="sm" c="dimmed">
          {outcome.status === 'APPLIED' ? `at version ${outcome.version}` : `${outcome.code}: ${outcome.message}`}
        </Text>
      </Timeline.Item>
      {outcome.status === 'APPLIED' && (
        <Timeline.Item title={event ? `Stored as ${event.type}` : 'Left no event: what it wished was so already'}>
          {event && (
            <Text size="sm" c="dimmed">
              {momentOf(event.timestamp)}, for {event.executionQueue}
            </Text>
          )}
        </Timeline.Item>
      )}
      {outcome.status === 'APPLIED' && (
        <Timeline.Item
          title={shown ? 'Shown by queries' : row ? 'Not shown by queries yet' : 'The row is gone, or not there yet'}
        >
          <Text size="sm" c="dimmed">
            {row && `version ${row.version} now: `}
            <Anchor component={Link} href={addressOf(kind, outcome.aggregateId)}>
              the {kind.one}
            </Anchor>
            {' · '}
            <Anchor component={Link} href={addressOfTimeLine(kind, outcome.aggregateId)}>
              its time line
            </Anchor>
          </Text>
        </Timeline.Item>
      )}
    </Timeline>
  );
}
