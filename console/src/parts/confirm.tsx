/** Says what will happen, and asks. */
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { Dialog } from './dialog.tsx';
import { Problem } from './states.tsx';
import { fieldError } from './words.ts';

/** The rule that what was given for a field broke, if it broke one. */
export type Wrong = (field: string) => string | undefined;

interface ConfirmProps {
  title: string;
  /** What will happen. */
  children: ReactNode;
  /** The button's words, as in `Delete`. */
  action: string;
  /** Nothing is taken away by it. */
  harmless?: boolean;
  /** To be typed first, where there is no way back. */
  typed?: string;
  /** What it needs to know: inputs by the names of their fields. */
  inputs?: { fields: string[]; shown: (wrong: Wrong) => ReactNode; complete: boolean };
  run: () => Promise<unknown>;
  onClose: () => void;
}

export function Confirm({ title, children, action, harmless, typed, inputs, run, onClose }: ConfirmProps) {
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const wrong = fieldError(error);
  const atField = wrong !== null && inputs !== undefined && inputs.fields.includes(wrong.field);
  /** There is something to be filled in, which comes first. */
  const asks = inputs !== undefined || typed !== undefined;
  const go = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await run();
      onClose();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={(event) => void go(event)} aria-label={title}>
        <Stack>
          <Text component="div" size="sm">
            {children}
          </Text>
          {inputs?.shown((field) => (wrong?.field === field ? wrong.text : undefined))}
          {typed !== undefined && (
            <TextInput
              label={`Type ${typed} to confirm`}
              value={text}
              onChange={({ currentTarget }) => setText(currentTarget.value)}
            />
          )}
          {!atField && <Problem error={error} />}
          <Group justify="flex-end">
            <Button variant="default" data-autofocus={asks || harmless ? undefined : true} onClick={onClose}>
              {harmless || inputs ? 'Leave it' : 'Keep it'}
            </Button>
            <Button
              type="submit"
              color={harmless ? undefined : 'red'}
              loading={busy}
              disabled={(typed !== undefined && text.trim() !== typed) || inputs?.complete === false}
              data-autofocus={harmless && !asks ? true : undefined}
            >
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
