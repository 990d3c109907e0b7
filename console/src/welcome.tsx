/** For whoever is not logged in. */
import { Anchor, Button, Card, Container, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import { PageTitle } from './parts/pageTitle.tsx';
import { useConsole } from './session/context.ts';
import type { Application } from './session/session.ts';

const applications: { application: Application; title: string; text: string }[] = [
  {
    application: 'admin',
    title: 'For admins and operators',
    text: 'People, roles, groups and authorizations; what happened when, and who did it; recoveries.',
  },
  { application: 'user', title: 'For everybody', text: 'Sign up, and see and change your own profile.' },
];

export function Welcome() {
  const { config, sessions, notices } = useConsole();
  const [busy, setBusy] = useState(false);
  const logIn = async (application: Application) => {
    setBusy(true);
    notices.show(null);
    await sessions.use(application).catch((error: Error) => notices.show(error.message));
    setBusy(false);
  };
  return (
    <Container size="sm" py="xl">
      <Stack>
        <PageTitle>Log in</PageTitle>
        <Text role="status">Not logged in. There are two applications, each with accounts of its own.</Text>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {applications.map(({ application, title, text }) => (
            <Card key={application} withBorder>
              <Stack h="100%" justify="space-between">
                <div>
                  <Title order={3} size="h4">
                    {title}
                  </Title>
                  <Text size="sm" c="dimmed">
                    {text}
                  </Text>
                </div>
                <Button loading={busy} onClick={() => void logIn(application)}>
                  Log in as {application}
                </Button>
              </Stack>
            </Card>
          ))}
        </SimpleGrid>
        <Text size="sm" c="dimmed">
          The API is at <span className="id">{config.GraphQLUrl}</span>.{' '}
          <Anchor component={Link} href="/graphiql" underline="always">
            Read its documentation in GraphiQL
          </Anchor>
        </Text>
      </Stack>
    </Container>
  );
}
