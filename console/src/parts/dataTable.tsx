/**
 * A table with sortable columns; wide ones scroll by themselves. Where it is narrow, each row stands as lines of a name
 * and a value; the roles say that it is a table all the same.
 */
import { Table, Text } from '@mantine/core';
import {
  type ColumnDef,
  flexRender,
  getCoreRowModel,
  getSortedRowModel,
  type SortingState,
  useReactTable,
} from '@tanstack/react-table';
import { useState } from 'react';

const arrows = { asc: ' ↑', desc: ' ↓' } as const;
const directions = { asc: 'ascending', desc: 'descending' } as const;

interface DataTableProps<Row> {
  /** For screen readers. */
  caption: string;
  rows: readonly Row[];
  columns: ColumnDef<Row>[];
  keyOf: (row: Row) => string;
  /** In place of rows where there are none. */
  empty: string;
  /** Left out: the rows' own order. */
  sorting?: SortingState;
  /** The order is made elsewhere, by the API. */
  onSort?: (sorting: SortingState) => void;
}

export function DataTable<Row>({ caption, rows, columns, keyOf, empty, sorting: given, onSort }: DataTableProps<Row>) {
  const [own, setOwn] = useState<SortingState>([]);
  const sorting = given ?? own;
  const table = useReactTable({
    data: rows as Row[],
    columns,
    state: { sorting },
    getRowId: keyOf,
    manualSorting: onSort !== undefined,
    enableSortingRemoval: onSort === undefined,
    onSortingChange: (change) => {
      const next = typeof change === 'function' ? change(sorting) : change;
      if (onSort) onSort(next);
      else setOwn(next);
    },
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
  });
  return (
    <div className="scrolls" tabIndex={0} role="region" aria-label={caption}>
      <Table className="stacks" role="table" highlightOnHover verticalSpacing="xs" aria-label={caption}>
        <Table.Thead role="rowgroup">
          {table.getHeaderGroups().map((group) => (
            <Table.Tr key={group.id} role="row">
              {group.headers.map((header) => {
                const sorted = header.column.getIsSorted();
                const title = flexRender(header.column.columnDef.header, header.getContext());
                return (
                  <Table.Th key={header.id} role="columnheader" aria-sort={sorted ? directions[sorted] : undefined}>
                    {header.column.getCanSort() ? (
                      <button className="sort" onClick={header.column.getToggleSortingHandler()}>
                        {title}
                        <span aria-hidden>{sorted ? arrows[sorted] : ''}</span>
                      </button>
                    ) : (
                      title
                    )}
                  </Table.Th>
                );
              })}
            </Table.Tr>
          ))}
        </Table.Thead>
        <Table.Tbody role="rowgroup">
          {table.getRowModel().rows.map((row) => (
            <Table.Tr key={row.id} role="row" data-id={row.id}>
              {row.getVisibleCells().map((cell) => (
                <Table.Td key={cell.id} role="cell" data-of={String(cell.column.columnDef.header)}>
                  {flexRender(cell.column.columnDef.cell, cell.getContext())}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {rows.length === 0 && (
        <Text c="dimmed" p="md" role="status">
          {empty}
        </Text>
      )}
    </div>
  );
}
