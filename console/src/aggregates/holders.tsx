/** The people who have something: a role, a group, or by their roles an authorization. They change under one's eyes. */
import { Group, Stack, Text, Title } from '@mantine/core';
import { useMemo } from 'react';
import type { Row } from 'user-management-client';
import { DataTable } from '../parts/dataTable.tsx';
import { useLive } from '../parts/hooks.ts';
import { LoadMore } from '../parts/loadMore.tsx';
import { LiveBadge, Loading, Problem } from '../parts/states.tsx';
import { columnsOf } from './columns.tsx';
import { type Kind, kindOf } from './kinds.ts';

const lists = {
  ROLE: { list: 'usersByRole', argument: 'roleId', title: 'Who has it', none: 'Nobody has this role.' },
  GROUP: { list: 'usersByGroup', argument: 'groupId', title: 'Who is in it', none: 'Nobody is in this group.' },
  AUTHORIZATION: {
    list: 'usersWithAuthorization',
    argument: 'authorizationId',
    title: 'Who may',
    none: 'Nobody may: no role of anybody grants it.',
  },
} as const;

interface HoldersProps {
  of: Exclude<Kind['aggregate'], 'USER'>;
  id: string;
}

export function Holders({ of, id }: HoldersProps) {
  const { list: name, argument, title, none } = lists[of];
  const { state, list } = useLive(name, { [argument]: id, limit: 25 } as never);
  const rows = state.items as readonly Row[];
  // In the order that the API gives: by name.
  const columns = useMemo(() => columnsOf(kindOf('USER')).map((column) => ({ ...column, enableSorting: false })), []);
  return (
    <Stack component="section" aria-label={title} gap="sm">
      <Group>
        <Title order={3} size="h4">
          {title}
        </Title>
        <LiveBadge status={state.status} />
      </Group>
      {of === 'AUTHORIZATION' && (
        <Text size="sm" c="dimmed">
          Whoever has a role that grants it. Somebody who is suspended may do nothing until that ends.
        </Text>
      )}
      <Problem error={state.error} />
      {rows.length === 0 && state.status === 'loading' && <Loading what="the people" />}
      {(rows.length > 0 || state.status === 'live') && (
        <DataTable
          caption={`${title}: people`}
          rows={rows}
          columns={columns}
          keyOf={({ id: key }) => key}
          empty={none}
        />
      )}
      {!state.complete && rows.length > 0 && (
        <Group>
          <LoadMore of={list} />
        </Group>
      )}
    </Stack>
  );
}
