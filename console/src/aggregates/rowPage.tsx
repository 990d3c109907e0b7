/** One of them: read, changed, deleted, and what it may. */
import { Anchor, Badge, Button, Group, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import type { Row } from 'user-management-client';
import { Link, useLocation } from 'wouter';
import { CommandForm } from '../parts/commandForm.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { useLiveRow } from '../parts/hooks.ts';
import { LiveBadge, Loading, Problem } from '../parts/states.tsx';
import { momentOf } from '../parts/words.ts';
import { useClient } from '../session/context.ts';
import { type Kind, kinds, addressOf, read, send } from './kinds.ts';

export function RowPage({ kind, id }: { kind: Kind; id: string }) {
  const client = useClient();
  const [, go] = useLocation();
  const { row, status, error, reload } = useLiveRow<Row>(kind.aggregate, id, (of) => read(of, kind, id));
  const [deleting, setDeleting] = useState(false);
  if (status === 'loading') return <Loading what={`the ${kind.one}`} />;
  return (
    <Stack>
      <Anchor component={Link} href={`/${kind.path}`} size="sm">
        ← {kind.title}
      </Anchor>
      <Problem error={error} retry={() => void reload()} />
      {!row && !error ? (
        <Gone kind={kind} id={id} />
      ) : (
        row && (
          <>
            <Group>
              <Title order={2}>{kind.nameOf(row)}</Title>
              <LiveBadge status={status} />
              <Badge color="gray">Version {row.version}</Badge>
            </Group>
            <Text size="sm" c="dimmed">
              <span className="id">{row.id}</span> · created {momentOf(row.createdAt)} · changed{' '}
              {momentOf(row.updatedAt)}
            </Text>
            <Group>
              <Button
                component={Link}
                variant="default"
                href={`/timeline/${kind.aggregate.toLowerCase()}/${encodeURIComponent(id)}`}
              >
                Time line
              </Button>
              <Button color="red" variant="outline" onClick={() => setDeleting(true)}>
                Delete
              </Button>
            </Group>
            {'authorizations' in row && kind.aggregate === 'USER' && <Authorizations of={row.authorizations} />}
            <CommandForm
              fields={kind.fields}
              current={row as unknown as Record<string, unknown>}
              action="Save"
              send={(values, expectedVersion) => send(client, kind, 'update', { id, expectedVersion, ...values })}
              onDone={() => void reload()}
            />
          </>
        )
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

function Authorizations({ of }: { of: readonly { id: string; name: string }[] }) {
  return (
    <Group gap="xs" aria-label="May" role="group">
      <Text size="sm" fw={600}>
        May:
      </Text>
      {of.length === 0 && <Text size="sm">nothing yet, for want of a role that grants something</Text>}
      {of.map(({ id, name }) => (
        <Badge key={id} component={Link} href={addressOf(kinds[3]!, id)} style={{ cursor: 'pointer' }}>
          {name}
        </Badge>
      ))}
    </Group>
  );
}

function Gone({ kind, id }: { kind: Kind; id: string }) {
  return (
    <Stack align="flex-start">
      <Title order={2}>There is no {kind.one} with this id</Title>
      <Text>
        <span className="id">{id}</span> was deleted, or has never been. Its time line says what happened.
      </Text>
      <Button
        component={Link}
        variant="default"
        href={`/timeline/${kind.aggregate.toLowerCase()}/${encodeURIComponent(id)}`}
      >
        Time line
      </Button>
    </Stack>
  );
}
