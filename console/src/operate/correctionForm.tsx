/** An event found wrong is corrected by another one that names it. */
import { Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import type { Event } from 'user-management-client';
import { Dialog } from '../parts/dialog.tsx';
import { Problem } from '../parts/states.tsx';
import { useClient } from '../session/context.ts';
import { pretty } from './events.ts';

interface CorrectionFormProps {
  event: Event;
  onClose: () => void;
  onDone: () => void;
}

export function CorrectionForm({ event, onClose, onDone }: CorrectionFormProps) {
  const client = useClient();
  const [payload, setPayload] = useState(pretty(event.payload));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const { aggregate, aggregateId, version, type } = event;
  const isJson = readable(payload);
  const run = async () => {
    setBusy(true);
    setError(null);
    try {
      const { outcome } = await client.correctEvent({ aggregate, aggregateId, version, payload });
      notifications.show({ color: 'green', message: `Corrected, version ${outcome.version}` });
      onDone();
      onClose();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={`Correct ${type}, version ${version}`} size="lg" onClose={onClose}>
      <Stack>
        <Text size="sm">
          The wrong event stays on record. A new one says what it should have been, and what followed is replayed on
          top.
        </Text>
        <Textarea
          label="What it should have said"
          description="All of its attributes, as JSON"
          value={payload}
          autosize
          minRows={4}
          maxRows={16}
          styles={{ input: { fontFamily: 'ui-monospace, monospace' } }}
          error={isJson ? undefined : 'This is not JSON'}
          onChange={({ currentTarget }) => setPayload(currentTarget.value)}
        />
        <Problem error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Leave it
          </Button>
          <Button loading={busy} disabled={!isJson} onClick={() => void run()}>
            Correct
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

const readable = (text: string): boolean => {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
};
