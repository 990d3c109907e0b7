import { Anchor, Badge, Button, Card, Group, Text } from '@mantine/core';
import type { Event } from 'user-management-client';
import { Link } from 'wouter';
import { momentOf, shortId } from '../parts/words.ts';
import { isCorrection, pretty } from './events.ts';

export function EventCard({ event, onCorrect }: { event: Event; onCorrect: () => void }) {
  return (
    <Card withBorder mb="xs" padding="sm">
      <Group justify="space-between">
        <Group gap="xs">
          <Badge color={isCorrection(event) ? 'grape' : 'blue'}>{event.version}</Badge>
          <Text fw={600}>{event.type}</Text>
        </Group>
        <Button size="compact-xs" variant="default" onClick={onCorrect} aria-label={`Correct version ${event.version}`}>
          Correct
        </Button>
      </Group>
      <Text size="xs" c="dimmed">
        {momentOf(event.timestamp)} by {event.actor}, command{' '}
        <Anchor component={Link} href={`/commands/${event.commandId}`} size="xs" underline="always">
          {shortId(event.commandId)}
        </Anchor>
      </Text>
      <pre className="payload">{pretty(event.payload)}</pre>
    </Card>
  );
}
