/** What a page shows when it has nothing to show yet, or cannot. */
import { Alert, Anchor, Badge, Button, Center, Group, Loader, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { useConsole, useSession } from '../session/context.ts';
import { PageTitle } from './pageTitle.tsx';
import { explain } from './words.ts';

export function Loading({ what }: { what: string }) {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), 4_000);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Center p="xl" role="status">
      <Group wrap="nowrap">
        <Loader size="sm" aria-hidden />
        <Text>
          Loading {what}… {slow && 'The API takes its time. On this machine: does npm start still run?'}
        </Text>
      </Group>
    </Center>
  );
}

export function NotFound({ forUsers = false }: { forUsers?: boolean }) {
  return (
    <Stack>
      <PageTitle>There is no such page</PageTitle>
      <Text>
        {forUsers ? 'You are logged in to the user application. Admins’ pages need a log-in as admin. ' : ''}
        <Anchor component={Link} href="/" underline="always">
          Go to the first page
        </Anchor>
      </Text>
    </Stack>
  );
}

/** An error in words, with what to do about it. */
export function Problem({ error, retry }: { error: unknown; retry?: () => void }) {
  const { sessions } = useConsole();
  const session = useSession();
  if (!error) return null;
  const { title, text, logIn } = explain(error);
  return (
    <Alert role="alert" color="red" title={title} my="sm">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{text}</Text>
        {retry && !logIn && (
          <Button size="xs" variant="default" onClick={retry}>
            Try again
          </Button>
        )}
        {logIn && session && (
          <Button size="xs" variant="default" onClick={() => void sessions.logInAgain()}>
            Log in again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

const states = {
  loading: { color: 'gray', words: 'Loading' },
  live: { color: 'green', words: 'Live' },
  lost: { color: 'yellow', words: 'Connection lost: connecting again' },
  ended: { color: 'red', words: 'Not followed any more' },
} as const;

/** Whether what is shown follows what happens. */
export function LiveBadge({ status }: { status: keyof typeof states }) {
  const { color, words } = states[status];
  return (
    <Badge color={color} role="status">
      {words}
    </Badge>
  );
}
