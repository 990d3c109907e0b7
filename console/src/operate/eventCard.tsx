import { Anchor, Badge, Button, Card, Group, Text } from '@mantine/core';
import { Fragment } from 'react';
import type { Event } from 'user-management-client';
import { Link } from 'wouter';
import { addressOf, kindOf } from '../aggregates/kinds.ts';
import { momentOf, shortId } from '../parts/words.ts';
import { addressOfJourney } from './links.tsx';
import { correctionIn, correctionWords, pretty } from './events.ts';

interface EventCardProps {
  event: Event;
  /** The versions of corrections of it that are known. */
  correctedBy: number[];
  onCorrect: () => void;
}

export function EventCard({ event, correctedBy, onCorrect }: EventCardProps) {
  const { version, type, timestamp, effectiveAt, actor, commandId, erased, payload } = event;
  const correction = correctionIn(event);
  return (
    <Card withBorder mb="xs" padding="sm">
      <Group justify="space-between">
        <Group gap="xs">
          <Badge color={correction ? 'grape' : 'blue'}>{version}</Badge>
          <Text fw={600}>{type}</Text>
          {correctedBy.length > 0 && <Badge color="grape">corrected by version {correctedBy.join(', ')}</Badge>}
        </Group>
        {!erased && (
          <Button size="compact-xs" variant="default" onClick={onCorrect} aria-label={`Correct version ${version}`}>
            Correct
          </Button>
        )}
      </Group>
      {correction && (
        <Text size="sm" fw={600}>
          {correctionWords(correction, effectiveAt)}
        </Text>
      )}
      <Text size="xs" c="dimmed">
        {momentOf(timestamp)} by {actor}, command{' '}
        <Anchor component={Link} href={addressOfJourney(commandId, actor)} size="xs" underline="always">
          {shortId(commandId)}
        </Anchor>
        {!correction && effectiveAt !== timestamp && `, took effect ${momentOf(effectiveAt)}`}
      </Text>
      {erased ? <Text size="sm">What it said is erased.</Text> : <pre className="payload">{pretty(payload)}</pre>}
      <References of={event} />
    </Card>
  );
}

/** What the ids in a payload are called. */
function References({ of: { refersTo } }: { of: Event }) {
  if (refersTo.length === 0) return null;
  return (
    <Text size="xs" c="dimmed" mt={4}>
      Refers to{' '}
      {refersTo.map(({ aggregate, id, name }, index) => (
        <Fragment key={`${aggregate} ${id}`}>
          {index > 0 && ', '}
          {kindOf(aggregate).one}{' '}
          <Anchor component={Link} href={addressOf(kindOf(aggregate), id)} size="xs" underline="always" title={id}>
            <bdi>{name ?? shortId(id)}</bdi>
          </Anchor>
        </Fragment>
      ))}
    </Text>
  );
}
