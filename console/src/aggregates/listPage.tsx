/** All of one kind: searched, narrowed, ordered, paged, and changing under one's eyes. */
import { Badge, Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { SortingState } from '@tanstack/react-table';
import { type ReactNode, useMemo, useState } from 'react';
import type { Row } from 'user-management-client';
import { Link } from 'wouter';
import { DataTable } from '../parts/dataTable.tsx';
import { momentWidth } from '../parts/fields.tsx';
import { useChoices, useKept, useLive } from '../parts/hooks.ts';
import { LoadMore } from '../parts/loadMore.tsx';
import { PageTitle } from '../parts/pageTitle.tsx';
import { LiveBadge, Loading, Problem } from '../parts/states.tsx';
import { momentIn } from '../parts/words.ts';
import { columnsOf } from './columns.tsx';
import type { Kind } from './kinds.ts';
import { PastList } from './pastList.tsx';

/** Milliseconds without a further key until what is typed is looked for. */
const patience = 250;

export function ListPage({ kind }: { kind: Kind }) {
  const [asOf, setAsOf] = useKept('as of', '');
  const at = momentIn(asOf);
  const input = (
    <TextInput
      type="datetime-local"
      step={1}
      label="As of"
      value={asOf}
      w={{ base: '100%', sm: momentWidth }}
      onChange={({ currentTarget }) => setAsOf(currentTarget.value)}
    />
  );
  if (!at) return <PresentList kind={kind} asOf={input} />;
  return (
    <Stack>
      <Head kind={kind}>
        <Badge color="grape">As of a moment</Badge>
      </Head>
      <PastList kind={kind} at={at}>
        {input}
        <Button variant="default" onClick={() => setAsOf('')}>
          Back to now
        </Button>
      </PastList>
    </Stack>
  );
}

function Head({ kind, children }: { kind: Kind; children: ReactNode }) {
  return (
    <Group justify="space-between">
      <Group>
        <PageTitle>{kind.title}</PageTitle>
        {children}
      </Group>
      <Button component={Link} href={`/${kind.path}/new`}>
        New {kind.one}
      </Button>
    </Group>
  );
}

function PresentList({ kind, asOf }: { kind: Kind; asOf: ReactNode }) {
  const [text, setText] = useKept('text', '');
  const [words] = useDebouncedValue(text.trim(), patience);
  const [narrowed, setNarrowed] = useKept<Narrowed>('narrowed', {});
  const [sorting, setSorting] = useKept<SortingState>('sorting', [{ id: 'name', desc: false }]);
  const [{ id, desc } = { id: 'name', desc: false }] = sorting;
  const { state, list } = useLive(kind.list, {
    limit: 50,
    filter: { ...narrowed, ...(words && { text: words }) },
    orderBy: { by: id.toUpperCase(), direction: desc ? 'DESC' : 'ASC' },
  } as never);
  const columns = useMemo(() => columnsOf(kind), [kind]);
  const rows = state.items as readonly Row[];
  /** Of a list that never came, nothing can be said: not that it is empty either. */
  const known = rows.length > 0 || state.status === 'live';
  const isNarrowed = words !== '' || Object.values(narrowed).some(Boolean);
  return (
    <Stack>
      <Head kind={kind}>
        <LiveBadge status={state.status} />
      </Head>
      <Group align="flex-end">
        <TextInput
          type="search"
          label={`Find ${kind.aggregate === 'AUTHORIZATION' ? 'an' : 'a'} ${kind.one}`}
          placeholder={kind.aggregate === 'USER' ? 'Beginning of a name or address' : 'Beginning of a name'}
          value={text}
          w={{ base: '100%', sm: 280 }}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
        {kind.aggregate === 'USER' && <Narrowing of={narrowed} onChange={setNarrowed} />}
        {asOf}
      </Group>
      <Problem error={state.error} />
      {rows.length === 0 && state.status === 'loading' && <Loading what={kind.title.toLowerCase()} />}
      {known && (
        <DataTable
          caption={kind.title}
          rows={rows}
          columns={columns}
          keyOf={({ id: key }) => key}
          sorting={sorting}
          onSort={setSorting}
          empty={isNarrowed ? 'Nothing here has that.' : `There is no ${kind.one} yet.`}
        />
      )}
      {known && (
        <Group>
          <Text size="sm" c="dimmed" role="status">
            {rows.length} shown{state.complete ? '' : ', more to come'}
          </Text>
          {!state.complete && <LoadMore of={list} />}
        </Group>
      )}
    </Stack>
  );
}

interface Narrowed {
  roleId?: string;
  groupId?: string;
  status?: 'ACTIVE' | 'SUSPENDED';
}

interface NarrowingProps {
  of: Narrowed;
  onChange: (to: Narrowed) => void;
}

const narrow = { base: '100%', sm: 200 };

/** By role, by group, and by whether they may act. */
function Narrowing({ of, onChange }: NarrowingProps) {
  const [typedRole, setTypedRole] = useState('');
  const [typedGroup, setTypedGroup] = useState('');
  const roles = useChoices('roles', typedRole, of.roleId ? [of.roleId] : []);
  const groups = useChoices('groups', typedGroup, of.groupId ? [of.groupId] : []);
  const options = (rows: readonly { id: string; name: string }[]) =>
    rows.map(({ id, name }) => ({ value: id, label: name }));
  return (
    <>
      <Select
        label="Only with role"
        w={narrow}
        placeholder="Any"
        clearable
        searchable
        clearButtonProps={{ 'aria-label': 'Any role' }}
        value={of.roleId ?? null}
        data={options(roles)}
        onSearchChange={setTypedRole}
        onChange={(roleId) => onChange({ ...of, roleId: roleId ?? undefined })}
      />
      <Select
        label="Only in group"
        w={narrow}
        placeholder="Any"
        clearable
        searchable
        clearButtonProps={{ 'aria-label': 'Any group' }}
        value={of.groupId ?? null}
        data={options(groups)}
        onSearchChange={setTypedGroup}
        onChange={(groupId) => onChange({ ...of, groupId: groupId ?? undefined })}
      />
      <Select
        label="Only who are"
        w={narrow}
        placeholder="Any"
        clearable
        clearButtonProps={{ 'aria-label': 'Any status' }}
        value={of.status ?? null}
        data={[
          { value: 'ACTIVE', label: 'Active' },
          { value: 'SUSPENDED', label: 'Suspended' },
        ]}
        onChange={(status) => onChange({ ...of, status: (status as Narrowed['status']) ?? undefined })}
      />
    </>
  );
}
