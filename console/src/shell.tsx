/** What is around every page: who is logged in, where one can go, and what is wrong. */
import { Alert, AppShell, Burger, Button, Group, Menu, NavLink, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type ReactNode, useEffect, useState, useSyncExternalStore } from 'react';
import { Link, useLocation } from 'wouter';
import { kinds } from './aggregates/kinds.ts';
import { zone } from './parts/words.ts';
import { SchemeButton } from './parts/scheme.tsx';
import { useConsole, useSession } from './session/context.ts';
import type { Application, Session } from './session/session.ts';

const menus: Record<Application, { title: string; links: [path: string, label: string][] }[]> = {
  admin: [
    { title: 'Manage', links: kinds.map(({ path, title }) => [`/${path}`, title]) },
    {
      title: 'Operate',
      links: [
        ['/pipeline', 'Pipeline'],
        ['/audit', 'Audit'],
        ['/commands', 'Commands'],
        ['/recoveries', 'Recoveries'],
      ],
    },
    { title: 'Explore', links: [['/graphiql', 'GraphiQL']] },
  ],
  user: [
    {
      title: 'Yours',
      links: [
        ['/', 'My profile'],
        ['/data', 'My data'],
      ],
    },
    { title: 'Explore', links: [['/graphiql', 'GraphiQL']] },
  ],
};

export function Shell({ children }: { children: ReactNode }) {
  const session = useSession();
  const [opened, { toggle, close }] = useDisclosure();
  const [path] = useLocation();
  useEffect(close, [path]);
  useArrival();
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 200, breakpoint: 'sm', collapsed: { mobile: !opened, desktop: !session } }}
      padding="md"
    >
      <Button className="skip" size="xs" onClick={() => document.querySelector<HTMLElement>('main')?.focus()}>
        Skip to the page
      </Button>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group wrap="nowrap" gap="sm">
            {session && (
              <Burger
                opened={opened}
                onClick={toggle}
                hiddenFrom="sm"
                size="sm"
                aria-label="Menu"
                aria-expanded={opened}
              />
            )}
            <Title order={1} size="h4" style={{ whiteSpace: 'nowrap' }}>
              User management
            </Title>
          </Group>
          <Group wrap="nowrap" gap="xs" style={{ minWidth: 0 }}>
            <SchemeButton />
            {session && <Person session={session} />}
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" hidden={!session} aria-label="Pages">
        {session &&
          menus[session.application].map(({ title, links }) => (
            <Stack key={title} gap={0} mb="md" component="section" aria-label={title}>
              <Text size="xs" fw={700} c="dimmed" px="xs" py={4}>
                {title}
              </Text>
              {links.map(([href, label]) => {
                const active = href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`);
                return (
                  <NavLink
                    key={href}
                    component={Link}
                    href={href}
                    label={label}
                    active={active}
                    aria-current={active ? 'page' : undefined}
                  />
                );
              })}
            </Stack>
          ))}
        {session && (
          <Text size="xs" c="dimmed" px="xs" mt="auto">
            Times are those of your clock: {zone}
          </Text>
        )}
      </AppShell.Navbar>
      <AppShell.Main tabIndex={-1} style={{ outline: 'none' }}>
        <Notice />
        {children}
      </AppShell.Main>
    </AppShell>
  );
}

/**
 * A page that one goes to begins at its top, for eyes, keys and screen readers. Where one was, Back finds by itself: that
 * the browser does, whose events are trusted ones.
 */
function useArrival(): void {
  useEffect(() => {
    const arrive = ({ isTrusted }: Event) => {
      if (isTrusted) return;
      scrollTo(0, 0);
      document.querySelector<HTMLElement>('main')?.focus({ preventScroll: true });
    };
    addEventListener('hashchange', arrive);
    return () => removeEventListener('hashchange', arrive);
  }, []);
}

function Person({ session }: { session: Session }) {
  const { sessions, notices } = useConsole();
  const run = (action: () => Promise<void>) =>
    void action().catch((error: unknown) => notices.show(error instanceof Error ? error.message : String(error)));
  const other: Application = session.application === 'admin' ? 'user' : 'admin';
  // Where it is narrow, what tells persons apart.
  const [, provider = '', id] = /^(.*\|)?(.*)$/.exec(session.sub)!;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          px={{ base: 'xs', sm: 'md' }}
          style={{ minWidth: 0, flexShrink: 1 }}
          title={session.sub}
          aria-label={session.sub}
        >
          <Text size="sm" truncate>
            <span className="wide">{provider}</span>
            {id}
          </Text>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          Logged in: {session.sub}, {session.application} application
        </Menu.Label>
        <Menu.Item onClick={() => run(() => sessions.use(other))}>Log in as {other}</Menu.Item>
        <Menu.Item onClick={() => run(() => sessions.logOut())}>Log out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/**
 * What is wrong with the log-in or the machine, in one place: above the page, as it comes by itself and must move
 * nothing from under a click.
 */
function Notice() {
  const { notices } = useConsole();
  const text = useSyncExternalStore(notices.subscribe, () => notices.text);
  const offline = useOffline();
  return (
    <div role="alert" className="notices">
      {offline && (
        <Alert color="yellow">
          This computer is not connected to any network. The page goes on by itself when it is.
        </Alert>
      )}
      {text && (
        <Alert color="yellow" withCloseButton closeButtonLabel="Dismiss" onClose={() => notices.show(null)}>
          {text}
        </Alert>
      )}
    </div>
  );
}

function useOffline(): boolean {
  const [offline, setOffline] = useState(!navigator.onLine);
  useEffect(() => {
    const read = () => setOffline(!navigator.onLine);
    addEventListener('online', read);
    addEventListener('offline', read);
    return () => {
      removeEventListener('online', read);
      removeEventListener('offline', read);
    };
  }, []);
  return offline;
}
