/** What could not be handled, and how it is sent on its way again. */
import { Badge, Button, Card, Code, CopyButton, Group, Stack, Text, Title } from '@mantine/core';
import type { QueueState } from 'user-management-client';
import { useConsole } from '../session/context.ts';
import { failureQueue } from './pipeline.ts';

export function DeadLetters({ of: queues }: { of: QueueState[] }) {
  if (queues.length === 0) return null;
  return (
    <Stack component="section" aria-label="Dead letters" gap="sm">
      <Title order={3} size="h4">
        Dead letters
      </Title>
      <Text size="sm" maw={720}>
        Messages that failed ten times, or cannot be read. Nothing else waits for them, and nothing is lost for fourteen
        days. Why they failed is in the log of the function that takes from the queue, under the message’s id. Mend that
        first; then have them sent again: repeats are harmless.
      </Text>
      {queues.map((queue) => (
        <Letters key={queue.name} of={queue} />
      ))}
    </Stack>
  );
}

const meaning = (name: string): string => {
  if (name === failureQueue)
    return 'What the mediator could not pass on. Nothing takes from this queue, so it is not sent again: mend the cause, start a recovery from a moment before, and delete the messages.';
  if (name === 'recoveryQueue') return 'Steps of recoveries: those do not go on until they are sent again.';
  return /^execute[A-Z]/.test(name)
    ? 'Events whose rows are not up to date, or of which nobody was told.'
    : 'Commands that are not decided: their senders have no outcome.';
};

function Letters({ of: { name, deadLetters } }: { of: QueueState }) {
  const { config } = useConsole();
  const local = ['127.0.0.1', 'localhost'].includes(new URL(config.GraphQLUrl).hostname);
  const command = local
    ? `npm run redrive -- ${name}`
    : `AWS_PROFILE=redrive npm run redrive -- ${name} --outputs cdk-outputs.json`;
  return (
    <Card withBorder component="article" aria-label={`Dead letters of ${name}`} maw={720}>
      <Group gap="xs">
        <Badge color="red">{deadLetters}</Badge>
        <Text fw={600} className="id">
          {name}
        </Text>
      </Group>
      <Text size="sm" my="xs">
        {meaning(name)}
      </Text>
      {name !== failureQueue && (
        <Group gap="xs" wrap="nowrap">
          <Code block style={{ flexGrow: 1, whiteSpace: 'pre-wrap' }}>
            {command}
          </Code>
          <CopyButton value={command}>
            {({ copied, copy }) => (
              <Button size="xs" variant="default" onClick={copy} aria-label={`Copy the command for ${name}`}>
                {copied ? 'Copied' : 'Copy'}
              </Button>
            )}
          </CopyButton>
        </Group>
      )}
    </Card>
  );
}
