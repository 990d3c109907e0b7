import { Anchor, Stack, Title } from '@mantine/core';
import { Link, useLocation } from 'wouter';
import { CommandForm } from '../parts/commandForm.tsx';
import { useClient } from '../session/context.ts';
import { addressOf, type Kind, send } from './kinds.ts';

export function CreatePage({ kind }: { kind: Kind }) {
  const client = useClient();
  const [, go] = useLocation();
  return (
    <Stack>
      <Anchor component={Link} href={`/${kind.path}`} size="sm">
        ← {kind.title}
      </Anchor>
      <Title order={2}>New {kind.one}</Title>
      <CommandForm
        fields={kind.fields}
        current={{}}
        action={`Create ${kind.one}`}
        send={(values) => send(client, kind, 'create', values)}
        onDone={({ outcome }) => go(addressOf(kind, outcome.aggregateId), { replace: true })}
      />
    </Stack>
  );
}
