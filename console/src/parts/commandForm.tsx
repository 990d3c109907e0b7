/** A form that is a command: sent, waited for, and answered where the trouble is. */
import { Alert, Button, Group, Stack, Table, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type FormEvent, useRef, useState } from 'react';
import { type Decided, Rejection } from 'user-management-client';
import { type Field, FieldInput, type Values } from './fields.tsx';
import { FieldValue } from './fieldValue.tsx';
import { Problem } from './states.tsx';
import { fieldError, valueText } from './words.ts';

interface CommandFormProps {
  fields: Field[];
  /** As it is now; empty for something new. */
  current: Values;
  action: string;
  /** @param expectedVersion of what is being changed, when it is a change */
  send: (values: Values, expectedVersion: number | undefined) => Promise<Decided>;
  onDone?: (result: Decided) => void;
}

/** What was typed counts until it is saved; what was not follows what is there. */
export function CommandForm({ fields, current, action, send, onDone }: CommandFormProps) {
  const [typed, setTyped] = useState<Values>({});
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  /** The version that was there when the typing began: whoever changes it meanwhile is not overwritten unseen. */
  const begunAt = useRef<number | undefined>(undefined);
  const isNew = current['version'] === undefined;
  const shown = fields.filter((field) => isNew || !field.createOnly);
  const dirty = Object.keys(typed).length > 0;
  const version = current['version'] as number | undefined;
  const wrong = fieldError(error);
  const conflict = error instanceof Rejection && error.code === 'VERSION_CONFLICT';
  const moved = dirty && !conflict && begunAt.current !== undefined && version !== begunAt.current && !busy;

  const change = (name: string, value: unknown) => {
    if (!dirty) begunAt.current = version;
    setTyped((before) => ({ ...before, [name]: value }));
  };
  const reset = () => {
    setTyped({});
    setError(null);
  };
  const submit = async (expected: number | undefined) => {
    setBusy(true);
    setError(null);
    try {
      const values = isNew
        ? { ...Object.fromEntries(shown.map(({ name }) => [name, ''])), ...current, ...typed }
        : typed;
      const result = await send(Object.fromEntries(shown.flatMap((field) => given(field, values))), expected);
      setTyped({});
      notifications.show({ color: 'green', message: `${action}: done, version ${result.outcome.version}` });
      onDone?.(result);
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void submit(isNew ? undefined : begunAt.current);
  };

  return (
    <form onSubmit={onSubmit} aria-label={action}>
      <Stack maw={560}>
        {shown.map((field) => (
          <FieldInput
            key={field.name}
            field={field}
            isNew={isNew}
            value={field.name in typed ? typed[field.name] : current[field.name]}
            error={wrong?.field === field.name ? wrong.text : undefined}
            onChange={(value) => change(field.name, value)}
          />
        ))}
        {moved && (
          <Alert color="yellow" role="status">
            Somebody else has changed it to version {version} meanwhile. What you did not touch shows that already.
          </Alert>
        )}
        {conflict && (
          <Conflict
            fields={shown.filter(({ name }) => name in typed)}
            typed={typed}
            current={current}
            onMine={() => void submit(version)}
            onTheirs={reset}
          />
        )}
        {!conflict && !(wrong && shown.some(({ name }) => name === wrong.field)) && <Problem error={error} />}
        <Group>
          <Button type="submit" loading={busy} disabled={!isNew && !dirty}>
            {action}
          </Button>
          {dirty && !isNew && (
            <Button variant="default" onClick={reset}>
              Undo my changes
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}

/** What is put into the command: nothing typed into a field that may be empty takes its value away. */
const given = ({ name, input }: Field, values: Values): [string, unknown][] => {
  if (!(name in values)) return [];
  const value = values[name];
  if (input === 'authorizations') return [[name, value || []]];
  if (input === 'role' || input === 'group') return [[name, value || null]];
  return [[name, typeof value === 'string' && input !== 'long' ? value.trim() : value]];
};

interface ConflictProps {
  fields: Field[];
  typed: Values;
  current: Values;
  onMine: () => void;
  onTheirs: () => void;
}

/** Both values side by side, and whose is to stand. */
function Conflict({ fields, typed, current, onMine, onTheirs }: ConflictProps) {
  return (
    <Alert role="alert" color="yellow" title="Somebody else was quicker">
      <Text size="sm">It was changed to version {valueText(current['version'])} while you were typing.</Text>
      <Table aria-label="Both values">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Field</Table.Th>
            <Table.Th>Yours</Table.Th>
            <Table.Th>There now</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {fields.map((field) => (
            <Table.Tr key={field.name}>
              <Table.Th scope="row">{field.label}</Table.Th>
              <Table.Td>
                <FieldValue field={field} value={typed[field.name]} />
              </Table.Td>
              <Table.Td>
                <FieldValue field={field} value={current[field.name]} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Group mt="sm">
        <Button size="xs" onClick={onMine}>
          Save mine over it
        </Button>
        <Button size="xs" variant="default" onClick={onTheirs}>
          Keep what is there
        </Button>
      </Group>
    </Alert>
  );
}
