/** What a role grants: given and taken one by one, whatever others do to the role at the same time. */
import { Anchor, Button, Card, Group, Select, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import type { Role } from 'user-management-client';
import { Link } from 'wouter';
import { Confirm } from '../parts/confirm.tsx';
import { useChoices } from '../parts/hooks.ts';
import { Problem } from '../parts/states.tsx';
import { useClient } from '../session/context.ts';
import { addressOf, kindOf } from './kinds.ts';

export function Grants({ role, onDone }: { role: Role; onDone: () => void }) {
  const client = useClient();
  const [chosen, setChosen] = useState<string | null>(null);
  const [typed, setTyped] = useState('');
  const all = useChoices('authorizations', typed, chosen ? [chosen] : []);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [revoking, setRevoking] = useState<{ id: string; name: string } | null>(null);
  const grant = async (authorizationId: string) => {
    setBusy(true);
    setError(null);
    try {
      await client.grantAuthorization({ roleId: role.id, authorizationId });
      setChosen(null);
      onDone();
    } catch (thrown) {
      setError(thrown);
    }
    setBusy(false);
  };
  const granted = role.authorizations;
  return (
    <Card withBorder component="section" aria-label="Grants" maw={560}>
      <Stack gap="sm">
        <Title order={3} size="h4">
          Grants
        </Title>
        {granted.length === 0 && <Text size="sm">Nothing yet: whoever has this role may do nothing by it.</Text>}
        <ul className="plain">
          {granted.map(({ id, name }) => (
            <li key={id}>
              <Group justify="space-between" wrap="nowrap" py={4}>
                <Anchor component={Link} href={addressOf(kindOf('AUTHORIZATION'), id)} style={{ minWidth: 0 }}>
                  {name}
                </Anchor>
                <Button
                  size="compact-xs"
                  variant="default"
                  aria-label={`Revoke ${name}`}
                  onClick={() => setRevoking({ id, name })}
                >
                  Revoke
                </Button>
              </Group>
            </li>
          ))}
        </ul>
        <form
          aria-label="Grant an authorization"
          onSubmit={(event) => {
            event.preventDefault();
            if (chosen) void grant(chosen);
          }}
        >
          <Group align="flex-end" wrap="nowrap">
            <Select
              label="One more"
              placeholder="An authorization"
              searchable
              clearable
              clearButtonProps={{ 'aria-label': 'None' }}
              style={{ flexGrow: 1 }}
              value={chosen}
              data={all
                .filter(({ id }) => !role.authorizationIds.includes(id))
                .map(({ id, name }) => ({ value: id, label: name }))}
              onSearchChange={setTyped}
              nothingFoundMessage="No such authorization that it does not grant"
              onChange={setChosen}
            />
            <Button type="submit" loading={busy} disabled={!chosen}>
              Grant
            </Button>
          </Group>
        </form>
        <Problem error={error} />
      </Stack>
      {revoking && (
        <Confirm
          title={`Revoke ${revoking.name}?`}
          action="Revoke"
          run={async () => {
            await client.revokeAuthorization({ roleId: role.id, authorizationId: revoking.id });
            onDone();
          }}
          onClose={() => setRevoking(null)}
        >
          Everybody who has the role {role.name} loses this authorization at once. The authorization itself stays, and
          other roles keep it.
        </Confirm>
      )}
    </Card>
  );
}
