/** The own user: the form at first log-in, then the profile. */
import { Badge, Group, Stack, Text } from '@mantine/core';
import type { User } from 'user-management-client';
import { personFields } from '../aggregates/kinds.ts';
import { Suspension } from '../aggregates/personActions.tsx';
import { CommandForm } from '../parts/commandForm.tsx';
import type { Values } from '../parts/fields.tsx';
import { useLiveRow } from '../parts/hooks.ts';
import { PageTitle } from '../parts/pageTitle.tsx';
import { LiveBadge, Loading, Problem } from '../parts/states.tsx';
import { momentOf } from '../parts/words.ts';
import { useClient, useSession } from '../session/context.ts';

export function MyProfilePage() {
  const client = useClient();
  const session = useSession();
  const email = session?.email;
  const { row: me, status, error, reload } = useLiveRow<User>('USER', undefined, (of) => of.me());
  if (status === 'loading') return <Loading what="your profile" />;
  if (error && !me) return <Problem error={error} retry={() => void reload()} />;
  if (!me)
    return (
      <Stack>
        <PageTitle>{session?.name ? `Welcome, ${session.name}` : 'Welcome'}</PageTitle>
        <Text>
          Tell us who you are, with the address that you have verified at log-in. Role and group are given to you by an
          admin later.
        </Text>
        <CommandForm
          fields={personFields}
          current={session?.email ? { email: session.email } : {}}
          action="Sign up"
          send={(values) => client.signUp(values as never)}
          onDone={() => void reload()}
        />
      </Stack>
    );
  return (
    <Stack>
      <Group>
        <PageTitle>My profile</PageTitle>
        <LiveBadge status={status} />
      </Group>
      <Problem error={error} retry={() => void reload()} />
      <Suspension person={me} own onDone={() => void reload()} />
      <Facts me={me} />
      {!me.emailVerified && email?.toLowerCase() === me.email.toLowerCase() && (
        <CommandForm
          fields={[]}
          current={{}}
          action="Confirm my address"
          send={() => client.updateProfile({ email: me.email })}
          onDone={() => void reload()}
        />
      )}
      <CommandForm
        fields={personFields}
        current={me as unknown as Values}
        action="Save"
        send={(values) => client.updateProfile(values as never)}
        onDone={() => void reload()}
      />
    </Stack>
  );
}

function Facts({ me }: { me: User }) {
  return (
    <Stack gap={4}>
      <Text size="sm">
        Role: <strong>{me.role?.name ?? 'none yet'}</strong> · Group: <strong>{me.group?.name ?? 'none yet'}</strong>
      </Text>
      <Group gap="xs">
        <Text size="sm">You may:</Text>
        {me.authorizations.length === 0 && (
          <Text size="sm">{me.status === 'SUSPENDED' ? 'nothing, while suspended' : 'nothing yet'}</Text>
        )}
        {me.authorizations.map(({ id, name }) => (
          <Badge key={id}>{name}</Badge>
        ))}
      </Group>
      <Text size="sm" c="dimmed">
        Your address is {me.emailVerified ? '' : 'not '}verified · Changed {momentOf(me.updatedAt)}, version{' '}
        {me.version}
      </Text>
    </Stack>
  );
}
