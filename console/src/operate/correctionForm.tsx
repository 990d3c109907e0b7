/** What was recorded wrong is corrected by an event that says so. */
import { Button, Group, Radio, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type FormEvent, useState } from 'react';
import type { Event, schema } from 'user-management-client';
import { eventTypesOf, type Kind } from '../aggregates/kinds.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Problem } from '../parts/states.tsx';
import { localInput, momentIn } from '../parts/words.ts';
import { useClient } from '../session/context.ts';
import { DryRun } from './dryRun.tsx';
import { correctionIn, pretty } from './events.ts';

interface CorrectionFormProps {
  kind: Kind;
  id: string;
  /** What is to be corrected; null for what was never recorded. */
  event: Event | null;
  /** The version that the page shows: what somebody else adds meanwhile is not corrected unseen. */
  expectedVersion: number | undefined;
  onClose: () => void;
  onDone: () => void;
}

type Correction = 'REPLACE' | 'CANCEL' | 'MOVE' | 'INSERT';

const choices: [Correction, string, string][] = [
  ['REPLACE', 'It should have said something else', 'Another payload; the moment stays.'],
  ['CANCEL', 'It did not happen', 'As if it had not been; of a correction: as if it had not been made.'],
  ['MOVE', 'It took effect at another moment', 'Earlier or later than it says.'],
];

export function CorrectionForm({ kind, id, event, expectedVersion, onClose, onDone }: CorrectionFormProps) {
  const client = useClient();
  const [correction, setCorrection] = useState<Correction>(event ? 'REPLACE' : 'INSERT');
  const [type, setType] = useState<string | null>(null);
  const [payload, setPayload] = useState(() => (event ? initialPayload(event) : '{}'));
  const [effectiveAt, setEffectiveAt] = useState(() =>
    localInput(event ? new Date(event.effectiveAt) : new Date(Date.now() - 60_000)),
  );
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const says = {
    payload: correction === 'REPLACE' || correction === 'INSERT',
    effectiveAt: correction === 'MOVE' || correction === 'INSERT',
    type: correction === 'INSERT',
  };
  const isJson = readable(payload);
  const complete = (!says.payload || isJson) && (!says.effectiveAt || momentIn(effectiveAt)) && (!says.type || type);
  const input: schema.CorrectEventInput = {
    aggregate: kind.aggregate,
    aggregateId: id,
    kind: correction,
    ...(event && { version: event.version }),
    ...(says.type && { type }),
    ...(says.payload && { payload }),
    ...(says.effectiveAt && { effectiveAt: momentIn(effectiveAt) }),
    ...(expectedVersion !== undefined && { expectedVersion }),
  };
  const run = async (submitted: FormEvent) => {
    submitted.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const { outcome } = await client.correctEvent(input);
      notifications.show({ color: 'green', message: `Corrected, version ${outcome.version}` });
      onDone();
      onClose();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  const title = event ? `Correct ${event.type}, version ${event.version}` : 'Insert what was never recorded';
  return (
    <Dialog title={title} size="lg" onClose={onClose}>
      <form aria-label={title} onSubmit={(submitted) => void run(submitted)}>
        <Stack>
          <Text size="sm">
            What was recorded stays on record. A new event says what is right, and what followed is replayed on top:
            where that could then not have happened, the correction is rejected, and nothing changes.
          </Text>
          {event && (
            <Radio.Group
              label="What was wrong?"
              value={correction}
              onChange={(value) => setCorrection(value as Correction)}
            >
              <Stack gap="xs" mt="xs">
                {choices.map(([value, label, description]) => (
                  <Radio key={value} value={value} label={label} description={description} />
                ))}
              </Stack>
            </Radio.Group>
          )}
          {says.type && (
            <Select
              label="What happened"
              required
              value={type}
              // Erasures and corrections are not what was forgotten.
              data={eventTypesOf(kind).filter((each) => !/(Erased|Corrected)$/.test(each))}
              onChange={setType}
            />
          )}
          {says.effectiveAt && (
            <TextInput
              type="datetime-local"
              step={0.001}
              label="When it took effect"
              required
              value={effectiveAt}
              onChange={({ currentTarget }) => setEffectiveAt(currentTarget.value)}
            />
          )}
          {says.payload && (
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
          )}
          <DryRun of={input} complete={Boolean(complete)} />
          <Problem error={error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Leave it
            </Button>
            <Button type="submit" loading={busy} disabled={!complete}>
              {event ? 'Correct' : 'Insert'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

/** What a correction says is what it says of the event that it corrects. */
const initialPayload = (event: Event): string => {
  const correction = correctionIn(event);
  return correction ? JSON.stringify(correction.payload ?? {}, null, 2) : pretty(event.payload);
};

const readable = (text: string): boolean => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
};
