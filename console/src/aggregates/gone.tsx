/** In place of what is not there: why, and what brings it back. */
import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { Client, Row } from 'user-management-client';
import { Link } from 'wouter';
import { lastEnding, stateAt } from '../operate/events.ts';
import { Confirm } from '../parts/confirm.tsx';
import { useAsked } from '../parts/hooks.ts';
import { PageTitle } from '../parts/pageTitle.tsx';
import { Loading, Problem } from '../parts/states.tsx';
import { momentOf } from '../parts/words.ts';
import { useClient } from '../session/context.ts';
import { addressOfTimeLine, type Kind, send } from './kinds.ts';
import { Erase } from './personActions.tsx';

interface Ending {
  type: 'never' | 'deleted' | 'erased';
  at?: string;
  by?: string;
  /** As it was when it was deleted. */
  last?: Row | null;
}

const endingOf = async (client: Client, kind: Kind, id: string, signal: AbortSignal): Promise<Ending> => {
  const end = await lastEnding(client, kind, id, signal);
  if (!end) return { type: 'never' };
  const { timestamp: at, actor: by } = end;
  if (end.type.endsWith('Erased')) return { type: 'erased', at, by };
  const before = new Date(Date.parse(end.effectiveAt) - 1).toISOString();
  const last = await stateAt(client, kind, { id, timestamp: before }, signal);
  return { type: 'deleted', at, by, last };
};

interface GoneProps {
  kind: Kind;
  id: string;
  /** It may be there again. */
  onDone: () => void;
}

export function Gone({ kind, id, onDone }: GoneProps) {
  const client = useClient();
  const { value, error, again } = useAsked((signal) => endingOf(client, kind, id, signal), [client, kind, id]);
  const [asking, setAsking] = useState<'restore' | 'erase' | null>(null);
  const close = () => setAsking(null);
  if (error) return <Problem error={error} retry={again} />;
  if (!value) return <Loading what={`what became of the ${kind.one}`} />;
  const { type, at, by, last } = value;
  const name = last ? kind.nameOf(last) : undefined;
  return (
    <Stack align="flex-start">
      <PageTitle>{`There is no ${kind.one} with this id`}</PageTitle>
      <Text>
        {type === 'never' ? (
          <>
            There has never been one with the id <span className="id">{id}</span>.
          </>
        ) : (
          <>
            {name ?? <span className="id">{id}</span>} was {type} {momentOf(at)} by {by}.
          </>
        )}
      </Text>
      {type !== 'never' && (
        <Group>
          {type === 'deleted' && <Button onClick={() => setAsking('restore')}>Restore</Button>}
          <Button component={Link} variant="default" href={addressOfTimeLine(kind, id)}>
            Time line
          </Button>
          {type === 'deleted' && kind.aggregate === 'USER' && (
            <Button color="red" variant="outline" onClick={() => setAsking('erase')}>
              Erase
            </Button>
          )}
        </Group>
      )}
      {asking === 'restore' && (
        <Confirm
          title={`Restore ${name ?? id}?`}
          action="Restore"
          harmless
          run={async () => {
            await send(client, kind, 'restore', { id });
            onDone();
          }}
          onClose={close}
        >
          It is there again as it was before the deletion. {kind.restoration}
        </Confirm>
      )}
      {asking === 'erase' && <Erase id={id} name={name} onDone={again} onClose={close} />}
    </Stack>
  );
}
