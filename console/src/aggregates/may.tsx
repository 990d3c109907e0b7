/** What a person may do, and because of what. */
import { Badge, Card, Group, MultiSelect, Stack, Text, TextInput, Title } from '@mantine/core';
import type { ColumnDef } from '@tanstack/react-table';
import { useState } from 'react';
import type { Decision, User } from 'user-management-client';
import { Link } from 'wouter';
import { DataTable } from '../parts/dataTable.tsx';
import { useAsked, useChoices } from '../parts/hooks.ts';
import { Problem } from '../parts/states.tsx';
import { momentIn, momentOf } from '../parts/words.ts';
import { useClient } from '../session/context.ts';
import { addressOf, kindOf } from './kinds.ts';

/** As many as the API takes at once. */
const most = 50;

export function May({ person }: { person: User }) {
  const client = useClient();
  const [typed, setTyped] = useState('');
  const all = useChoices('authorizations', typed, []);
  const [names, setNames] = useState<string[]>([]);
  const [at, setAt] = useState('');
  const moment = momentIn(at);
  const { value, error, again } = useAsked(
    async (signal) =>
      names.length === 0
        ? []
        : client.can({ userId: person.id, authorizations: names, ...(moment && { at: moment }) }, { signal }),
    // A new version of the person, or another role's doing, may make another answer.
    [client, person, names, moment],
  );
  return (
    <Card withBorder component="section" aria-label="What the person may" maw={760}>
      <Stack gap="sm">
        <Group gap="xs" aria-label="May" role="group">
          <Text size="sm" fw={600}>
            May:
          </Text>
          {person.authorizations.length === 0 && <Text size="sm">{nothing(person)}</Text>}
          {person.authorizations.map(({ id, name }) => (
            <Badge
              key={id}
              component={Link}
              href={addressOf(kindOf('AUTHORIZATION'), id)}
              style={{ cursor: 'pointer' }}
            >
              {name}
            </Badge>
          ))}
        </Group>
        <Title order={3} size="h5">
          Is something allowed, and why?
        </Title>
        <Group align="flex-start">
          <MultiSelect
            label="Authorizations"
            placeholder={names.length === 0 ? 'One or more' : undefined}
            searchable
            maxValues={most}
            value={names}
            data={[...new Set(all.map(({ name }) => name))]}
            onSearchChange={setTyped}
            nothingFoundMessage="No such authorization"
            onChange={setNames}
            style={{ flex: '1 1 16rem' }}
          />
          <TextInput
            type="datetime-local"
            step={1}
            label="At"
            description="Left empty: now"
            inputWrapperOrder={['label', 'input', 'description']}
            value={at}
            onChange={({ currentTarget }) => setAt(currentTarget.value)}
          />
        </Group>
        <Problem error={error} retry={again} />
        {value && value.length > 0 && (
          <DataTable
            caption="Answers"
            rows={value}
            columns={columns}
            keyOf={({ authorization }) => authorization}
            empty=""
          />
        )}
      </Stack>
    </Card>
  );
}

const nothing = ({ status, role }: User): string => {
  if (status === 'SUSPENDED') return 'nothing, while suspended';
  return role ? `nothing: the role ${role.name} grants nothing` : 'nothing yet, for want of a role';
};

/** Moments as the reader's clock has them. */
const withMoments = (words: string): string => words.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (moment) => momentOf(moment));

const columns: ColumnDef<Decision>[] = [
  { id: 'authorization', header: 'Authorization', accessorFn: ({ authorization }) => authorization },
  {
    id: 'allowed',
    header: 'May',
    accessorFn: ({ allowed }) => allowed,
    cell: ({ row: { original } }) => (
      <Badge color={original.allowed ? 'green' : 'red'} miw="3.5rem">
        {original.allowed ? 'yes' : 'no'}
      </Badge>
    ),
  },
  { id: 'because', header: 'Because', enableSorting: false, accessorFn: ({ because }) => withMoments(because) },
];
