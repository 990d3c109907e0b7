import { Anchor, Badge, Button, Card, Group, Text } from '@mantine/core';
import type { Event } from 'user-management-client';
import { Link } from 'wouter';
import { momentOf, shortId } from '../parts/words.ts';
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
        <Anchor component={Link} href={`/commands/${commandId}`} size="xs" underline="always">
          {shortId(commandId)}
        </Anchor>
        {!correction && effectiveAt !== timestamp && `, took effect ${momentOf(effectiveAt)}`}
      </Text>
      {erased ? <Text size="sm">What it said is erased.</Text> : <pre className="payload">{pretty(payload)}</pre>}
    </Card>
  );
}
