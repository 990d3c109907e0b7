import { Anchor, Badge, Group, Text } from '@mantine/core';
import type { ColumnDef } from '@tanstack/react-table';
import type { Row } from 'user-management-client';
import { Link } from 'wouter';
import { momentOf } from '../parts/words.ts';
import { addressOf, type Kind, kinds } from './kinds.ts';

/** The columns of a kind's list. @param address of one of them, by its id: the page of what it is now, if left out */
export const columnsOf = (kind: Kind, address = (id: string) => addressOf(kind, id)): ColumnDef<Row>[] => [
  {
    id: 'name',
    header: 'Name',
    accessorFn: (row) => kind.nameOf(row),
    cell: ({ row }) => (
      <>
        <Anchor component={Link} size="sm" href={address(row.original.id)}>
          <bdi>{kind.nameOf(row.original)}</bdi>
        </Anchor>
        {'status' in row.original && row.original.status === 'SUSPENDED' && (
          <Badge color="yellow" ml="xs">
            Suspended
          </Badge>
        )}
      </>
    ),
  },
  ...(kind.aggregate === 'USER' ? personColumns : [description]),
  ...(kind.aggregate === 'ROLE' ? [authorizations] : []),
  {
    id: 'updated',
    header: 'Changed',
    accessorFn: (row) => row.updatedAt,
    cell: ({ row }) => <span style={{ whiteSpace: 'nowrap' }}>{momentOf(row.original.updatedAt)}</span>,
  },
];

const personColumns: ColumnDef<Row>[] = [
  { id: 'email', header: 'E-mail', accessorFn: (row) => ('email' in row ? row.email : '') },
  {
    id: 'role',
    header: 'Role',
    enableSorting: false,
    accessorFn: (row) => ('role' in row ? (row.role?.name ?? '') : ''),
  },
  {
    id: 'group',
    header: 'Group',
    enableSorting: false,
    accessorFn: (row) => ('group' in row ? (row.group?.name ?? '') : ''),
  },
];

const description: ColumnDef<Row> = {
  id: 'description',
  header: 'Description',
  enableSorting: false,
  cell: ({ row }) => (
    <Text size="sm" lineClamp={2}>
      {'description' in row.original ? row.original.description : ''}
    </Text>
  ),
};

/** As many as a row of a list shows. */
const most = 6;
const grantedBy = (row: Row) => ('authorizations' in row ? row.authorizations : []);

const authorizations: ColumnDef<Row> = {
  id: 'authorizations',
  header: 'Authorizations',
  enableSorting: false,
  cell: ({ row }) => (
    <Group gap={4}>
      {grantedBy(row.original)
        .slice(0, most)
        .map(({ id, name }) => (
          <Badge key={id} component={Link} href={addressOf(kinds[3]!, id)} style={{ cursor: 'pointer' }}>
            {name}
          </Badge>
        ))}
      {grantedBy(row.original).length > most && <Text size="sm">and {grantedBy(row.original).length - most} more</Text>}
    </Group>
  ),
};
