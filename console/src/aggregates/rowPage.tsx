/** One of them: read, changed, deleted, and what it may. */
import { Anchor, Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { Role, Row, User } from 'user-management-client';
import { Link, useLocation } from 'wouter';
import { CommandForm } from '../parts/commandForm.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { useLiveRow } from '../parts/hooks.ts';
import { PageTitle } from '../parts/pageTitle.tsx';
import { LiveBadge, Loading, Problem } from '../parts/states.tsx';
import { momentOf } from '../parts/words.ts';
import { useClient } from '../session/context.ts';
import { Gone } from './gone.tsx';
import { Grants } from './grants.tsx';
import { Holders } from './holders.tsx';
import { addressOfTimeLine, type Kind, read, send } from './kinds.ts';
import { May } from './may.tsx';
import { PersonActions, Suspension } from './personActions.tsx';

export function RowPage({ kind, id }: { kind: Kind; id: string }) {
  const client = useClient();
  const [, go] = useLocation();
  const { row, status, error, reload } = useLiveRow<Row>(kind.aggregate, id, (of) => read(of, kind, id));
  const [deleting, setDeleting] = useState(false);
  if (status === 'loading') return <Loading what={`the ${kind.one}`} />;
  const person = row && kind.aggregate === 'USER' ? (row as User) : null;
  const role = row && kind.aggregate === 'ROLE' ? (row as Role) : null;
  return (
    <Stack>
      <Anchor component={Link} href={`/${kind.path}`} size="sm">
        ← {kind.title}
      </Anchor>
      <Problem error={error} retry={() => void reload()} />
      {!row && !error && <Gone kind={kind} id={id} onDone={() => void reload()} />}
      {row && (
        <>
          <Group>
            <PageTitle>{kind.nameOf(row)}</PageTitle>
            <LiveBadge status={status} />
            <Badge color="gray">Version {row.version}</Badge>
          </Group>
          <Text size="sm" c="dimmed">
            <span className="id">{row.id}</span> · created {momentOf(row.createdAt)} · changed {momentOf(row.updatedAt)}
          </Text>
          {person && <Suspension person={person} onDone={() => void reload()} />}
          <Group>
            <Button component={Link} variant="default" href={addressOfTimeLine(kind, id)}>
              Time line
            </Button>
            {person && <PersonActions person={person} onDone={() => void reload()} />}
            <Button color="red" variant="outline" onClick={() => setDeleting(true)}>
              Delete
            </Button>
          </Group>
          {person && <May person={person} />}
          {role && <Grants role={role} onDone={() => void reload()} />}
          <CommandForm
            fields={kind.fields}
            current={row as unknown as Record<string, unknown>}
            action="Save"
            send={(values, expectedVersion) => send(client, kind, 'update', { id, expectedVersion, ...values })}
            onDone={() => void reload()}
          />
          {kind.aggregate !== 'USER' && <Holders of={kind.aggregate} id={id} />}
        </>
      )}
      {deleting && row && (
        <Confirm
          title={`Delete ${kind.nameOf(row)}?`}
          action="Delete"
          run={async () => {
            await send(client, kind, 'delete', { id, expectedVersion: row.version });
            go(`/${kind.path}`);
          }}
          onClose={() => setDeleting(false)}
        >
          {kind.deletion}
        </Confirm>
      )}
    </Stack>
  );
}
