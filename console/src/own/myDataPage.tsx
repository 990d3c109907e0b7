/** Everything that is held of the person at the page: to read, to take along, to be erased. */
import { Badge, Button, Card, Group, Stack, Table, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { personFields } from '../aggregates/kinds.ts';
import { Confirm } from '../parts/confirm.tsx';
import { useAsked } from '../parts/hooks.ts';
import { PageTitle } from '../parts/pageTitle.tsx';
import { Pager } from '../parts/pager.tsx';
import { Loading, Problem } from '../parts/states.tsx';
import { attributeText, countText, momentOf, valueText } from '../parts/words.ts';
import { useClient, useConsole } from '../session/context.ts';
import { type Held, type HeldEvent, saveAsFile, wordsOf } from './held.ts';

export function MyDataPage() {
  const client = useClient();
  // Asked for once: it reads the whole history.
  const { value, error, busy, again } = useAsked(
    async (signal) => {
      const [text, me] = await Promise.all([client.myData({}, { signal }), client.me({}, { signal })]);
      // Of what one has, one may know the names.
      const names = new Map([me?.role, me?.group].flatMap((each) => (each ? [[each.id, each.name]] : [])));
      return { text, held: text === null ? null : (JSON.parse(text) as Held), names };
    },
    [client],
  );
  if (error) return <Problem error={error} retry={again} />;
  if (!value) return <Loading what="your data" />;
  const { text, held, names } = value;
  if (text === null || !held)
    return (
      <Stack>
        <PageTitle>My data</PageTitle>
        <Text>Nothing is held of you.</Text>
      </Stack>
    );
  return (
    <Stack>
      <PageTitle>My data</PageTitle>
      <Text size="sm" maw={640}>
        Everything that is held of you, as of {momentOf(held.asOf)}: what is known now,{' '}
        {countText(held.history.length, 'event')} with what was said, and {countText(held.outcomes.length, 'command')}{' '}
        of the last 30 days that changed nothing.
        {held.leftOut.history > 0 &&
          ` The ${held.leftOut.history} eldest events are too much for one answer: ask an admin for them.`}
      </Text>
      <Group>
        <Button
          onClick={() =>
            saveAsFile(`my-data-${held.asOf.slice(0, 10)}.json`, JSON.stringify(JSON.parse(text), null, 2))
          }
        >
          Download it
        </Button>
        <Button variant="default" loading={busy} onClick={again}>
          Ask again
        </Button>
      </Group>
      {held.suspensions.length > 0 && <Suspensions of={held} />}
      <History of={held.history} names={names} />
      {held.status !== 'ERASED' && held.status !== 'ABSENT' && <EraseMe id={held.id} />}
    </Stack>
  );
}

function Suspensions({ of: { suspensions } }: { of: Held }) {
  return (
    <section aria-label="Suspensions">
      <Title order={3} size="h4">
        Suspensions
      </Title>
      <ul>
        {suspensions.map(({ reason, from, until, endedAt }) => (
          <li key={from}>
            <Text size="sm">
              From {momentOf(from)} until {endedAt || until ? momentOf(endedAt ?? until) : 'an admin ends it'}: {reason}
            </Text>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** By id. */
type Names = ReadonlyMap<unknown, string>;

const pageSize = 20;

/** The latest first. */
function History({ of: events, names }: { of: HeldEvent[]; names: Names }) {
  const [page, setPage] = useState(0);
  const latest = events.toReversed();
  const pages = Math.max(1, Math.ceil(latest.length / pageSize));
  return (
    <Stack component="section" aria-label="History" gap="xs">
      <Title order={3} size="h4">
        History
      </Title>
      <ol className="events" reversed>
        {latest.slice(page * pageSize, (page + 1) * pageSize).map((event) => (
          <li key={event.version}>
            <Happening event={event} names={names} />
          </li>
        ))}
      </ol>
      <Pager of="the history" page={page} pages={pages} more={page + 1 < pages} onPage={setPage} />
    </Stack>
  );
}

const labels = new Map<string, string>([
  ...personFields.map(({ name, label }): [string, string] => [name, label]),
  ['roleId', 'Role'],
  ['groupId', 'Group'],
  ['reason', 'Reason'],
  ['until', 'Until'],
  ['emailVerified', 'Address verified'],
]);

function Happening({ event, names }: { event: HeldEvent; names: Names }) {
  const values = Object.entries(event.payload);
  return (
    <Card withBorder mb="xs" padding="sm" maw={640}>
      <Group gap="xs">
        <Badge color="gray">{event.version}</Badge>
        <Text fw={600}>{wordsOf(event)}</Text>
      </Group>
      <Text size="xs" c="dimmed">
        {momentOf(event.timestamp)}
      </Text>
      {event.erased && <Text size="sm">What it said is erased.</Text>}
      {values.length > 0 && (
        <Table aria-label={`What version ${event.version} said`} mt={4} withRowBorders={false} verticalSpacing={2}>
          <Table.Tbody>
            {values.map(([name, value]) => (
              <Table.Tr key={name}>
                <Table.Th scope="row" w={120}>
                  {labels.get(name) ?? attributeText(name)}
                </Table.Th>
                <Table.Td>{names.get(value) ?? valueText(value)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Card>
  );
}

function EraseMe({ id }: { id: string }) {
  const client = useClient();
  const { notices } = useConsole();
  const [, go] = useLocation();
  const [asking, setAsking] = useState(false);
  return (
    <Card withBorder component="section" aria-label="Erase me" maw={640}>
      <Stack gap="xs" align="flex-start">
        <Title order={3} size="h4">
          Erase me
        </Title>
        <Text size="sm">
          You are deleted, and what is stored of you can never be read again. Download your data first if you want to
          keep it.
        </Text>
        <Button color="red" variant="outline" onClick={() => setAsking(true)}>
          Erase me
        </Button>
      </Stack>
      {asking && (
        <Confirm
          title="Erase everything that is held of you?"
          action="Erase me for good"
          typed={id}
          run={async () => {
            await client.eraseMe();
            notices.show(
              'You are erased: what was stored of you cannot be read any more. Your account at the identity provider is not part of that: log out, and have it deleted there. Whoever logs in with it can sign up anew.',
            );
            go('/');
          }}
          onClose={() => setAsking(false)}
        >
          <Text size="sm">
            Your name, birth date and address, and what all events of your history say, can never be read again, by
            nobody, in backups neither. You lose role and group, and what they allow. That there was a person with your
            id, and what was done when, stays on record.
          </Text>
          <Text size="sm" mt="xs">
            There is no way back.
          </Text>
        </Confirm>
      )}
    </Card>
  );
}
