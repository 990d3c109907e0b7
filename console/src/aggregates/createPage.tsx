import { Anchor, Stack } from '@mantine/core';
import { Link, useLocation } from 'wouter';
import { CommandForm } from '../parts/commandForm.tsx';
import { PageTitle } from '../parts/pageTitle.tsx';
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
      <PageTitle>{`New ${kind.one}`}</PageTitle>
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
