/** What would come of a correction, before it is sent. */
import { Alert, Badge, Button, Group, Stack, Table, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Change, schema, WhatIf } from 'user-management-client';
import { kindOf } from '../aggregates/kinds.ts';
import type { Field } from '../parts/fields.tsx';
import { FieldValue } from '../parts/fieldValue.tsx';
import { Problem } from '../parts/states.tsx';
import { attributeText } from '../parts/words.ts';
import { useClient } from '../session/context.ts';

interface DryRunProps {
  /** As it would be sent. */
  of: schema.CorrectEventInput;
  /** Whether it says all that it has to. */
  complete: boolean;
}

export function DryRun({ of, complete }: DryRunProps) {
  const client = useClient();
  const [result, setResult] = useState<WhatIf | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const key = JSON.stringify(of);
  // What was found of another correction says nothing of this one.
  useEffect(() => {
    setResult(null);
    setError(null);
  }, [key]);
  const run = async () => {
    setBusy(true);
    setError(null);
    try {
      setResult(await client.whatIf({ input: { at: new Date().toISOString(), corrections: [of] } }));
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Stack gap="xs" component="section" aria-label="Dry run">
      <Group>
        <Button size="xs" variant="light" loading={busy} disabled={!complete} onClick={() => void run()}>
          Try it first
        </Button>
        <Text size="xs" c="dimmed">
          Says what would come of it. Nothing is changed.
        </Text>
      </Group>
      <Problem error={error} />
      {result && <Result of={result} />}
    </Stack>
  );
}

function Result({ of: { outcomes, changes } }: { of: WhatIf }) {
  const [outcome] = outcomes;
  if (!outcome) return null;
  if (outcome.status === 'REJECTED')
    return (
      <Alert role="status" color="yellow" title={`It would be rejected: ${outcome.code}`}>
        <Text size="sm">{outcome.message}</Text>
      </Alert>
    );
  return (
    <div role="status">
      <Text size="sm">
        <Badge color="green" mr="xs">
          It would be applied
        </Badge>
        {changes.length === 0 ? 'Nothing would be otherwise now: only the past is.' : 'What would be otherwise now:'}
      </Text>
      {changes.length > 0 && (
        <Table aria-label="Differences" fz="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Attribute</Table.Th>
              <Table.Th>Is now</Table.Th>
              <Table.Th>Would be</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {changes.map((change) => (
              <Table.Tr key={`${change.aggregateId} ${change.attribute}`}>
                <Table.Th scope="row">{fieldOf(change)?.label ?? attributeText(change.attribute)}</Table.Th>
                <Table.Td>
                  <FieldValue field={fieldOf(change)} value={valueOf(change.before)} />
                </Table.Td>
                <Table.Td>
                  <FieldValue field={fieldOf(change)} value={valueOf(change.after)} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </div>
  );
}

const fieldOf = ({ aggregate, attribute }: Change): Field | undefined =>
  kindOf(aggregate).fields.find(({ name }) => name === attribute);

const valueOf = (json: string | null | undefined): unknown => (json ? JSON.parse(json) : null);
