/** All of one kind: searched, sorted, paged, and changing under one's eyes. */
import { Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import { DataTable } from '../parts/dataTable.tsx';
import { useLive } from '../parts/hooks.ts';
import { LiveBadge, Loading, Problem } from '../parts/states.tsx';
import { columnsOf } from './columns.tsx';
import type { Kind } from './kinds.ts';

export function ListPage({ kind }: { kind: Kind }) {
  const [search, setSearch] = useState('');
  const { state, list } = useLive(kind.list, { limit: 50 });
  const [error, setError] = useState<unknown>(null);
  const columns = useMemo(() => columnsOf(kind), [kind]);
  const words = search.trim().toLowerCase();
  const rows = useMemo(
    () => state.items.filter((row) => words === '' || JSON.stringify(row).toLowerCase().includes(words)),
    [state.items, words],
  );
  return (
    <Stack>
      <Group justify="space-between">
        <Group>
          <Title order={2}>{kind.title}</Title>
          <LiveBadge status={state.status} />
        </Group>
        <Button component={Link} href={`/${kind.path}/new`}>
          New {kind.one}
        </Button>
      </Group>
      <TextInput
        type="search"
        label={`Find a ${kind.one}`}
        placeholder="Name or any other value"
        value={search}
        maw={360}
        onChange={({ currentTarget }) => setSearch(currentTarget.value)}
      />
      <Problem error={state.error ?? error} />
      {state.status === 'loading' ? (
        <Loading what={kind.title} />
      ) : (
        <DataTable
          caption={kind.title}
          rows={rows}
          columns={columns}
          keyOf={({ id }) => id}
          empty={words ? 'Nothing here has that.' : `There is no ${kind.one} yet.`}
        />
      )}
      <Group>
        <Text size="sm" c="dimmed" role="status">
          {rows.length} shown{words ? ` of ${state.items.length}` : ''}
          {state.complete ? '' : ', more to come'}
        </Text>
        {!state.complete && state.status !== 'loading' && (
          <Button variant="default" size="xs" onClick={() => void list?.more().catch(setError)}>
            Load more
          </Button>
        )}
      </Group>
    </Stack>
  );
}
