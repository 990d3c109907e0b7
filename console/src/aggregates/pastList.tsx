/** All of one kind as they were at a moment, page by page. */
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import type { ColumnDef } from '@tanstack/react-table';
import { type ReactNode, useMemo } from 'react';
import type { Client, Row } from 'user-management-client';
import { DataTable } from '../parts/dataTable.tsx';
import { momentWidth } from '../parts/fields.tsx';
import { type PageOf, useKept, usePages } from '../parts/hooks.ts';
import { Pager } from '../parts/pager.tsx';
import { Loading, Problem } from '../parts/states.tsx';
import { momentIn } from '../parts/words.ts';
import { useClient } from '../session/context.ts';
import { columnsOf } from './columns.tsx';
import { addressOfTimeLine, type Kind } from './kinds.ts';

interface PastListProps {
  kind: Kind;
  /** The moment, as the API takes it. */
  at: string;
  /** The other moment, and the way back. */
  children: [ReactNode, ReactNode];
}

const pageSize = 50;

export function PastList({ kind, at, children }: PastListProps) {
  const client = useClient();
  const [known, setKnown] = useKept('known at', '');
  const knownAt = momentIn(known);
  const { items, more, busy, error, page, go, again } = usePages<Row>(
    (nextToken, signal) => listAt(client, kind, { timestamp: at, knownAt, nextToken }, signal),
    JSON.stringify([kind.path, at, knownAt]),
  );
  const columns = useMemo(() => columnsOf(kind, (id) => addressOfTimeLine(kind, id)).map(unsorted), [kind]);
  return (
    <Stack>
      <Group align="flex-end">
        {children[0]}
        <TextInput
          type="datetime-local"
          step={1}
          label="As it was known at"
          title="Left empty: as it is known now, corrections included"
          w={{ base: '100%', sm: momentWidth }}
          value={known}
          onChange={({ currentTarget }) => setKnown(currentTarget.value)}
        />
        {children[1]}
      </Group>
      <Problem error={error} retry={again} />
      {!items ? (
        !error && <Loading what={kind.title} />
      ) : (
        <DataTable
          caption={`${kind.title} as of a moment`}
          rows={items}
          columns={columns}
          keyOf={({ id }) => id}
          empty={more ? 'None on this page; there may be some on the next.' : 'There were none then.'}
        />
      )}
      <Group>
        {items && (
          <Text size="sm" c="dimmed" role="status">
            {items.length} on this page{more ? ', more to come' : ''}, in the order of their creation
          </Text>
        )}
        <Button size="xs" variant="default" loading={busy} onClick={again}>
          Ask again
        </Button>
      </Group>
      <Pager of={`${kind.title} as of a moment`} page={page} more={more} busy={busy} onPage={go} />
    </Stack>
  );
}

/** The order is that of the pages: within one alone, another would say nothing. */
const unsorted = (column: ColumnDef<Row>): ColumnDef<Row> => ({ ...column, enableSorting: false });

const listAt = (
  client: Client,
  { list }: Kind,
  of: { timestamp: string; knownAt: string | undefined; nextToken: string | null },
  signal?: AbortSignal,
): Promise<PageOf<Row>> => {
  const { timestamp, knownAt, nextToken } = of;
  const args = { timestamp, limit: pageSize, ...(knownAt && { knownAt }), ...(nextToken && { nextToken }) };
  return client[`${list}At`](args, { signal });
};
