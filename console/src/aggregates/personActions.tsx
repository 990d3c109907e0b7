/** What an admin does to a person besides changing attributes: suspend, reinstate, erase. */
import { Alert, Button, Text, Textarea, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { User } from 'user-management-client';
import { Confirm } from '../parts/confirm.tsx';
import { momentOf } from '../parts/words.ts';
import { useClient } from '../session/context.ts';

interface PersonProps {
  person: User;
  /** Something has happened to the person. */
  onDone: () => void;
}

/** Why somebody is suspended, and until when. Asks for the person anew when the suspension ends by itself. */
export function Suspension({ person, own = false, onDone }: PersonProps & { own?: boolean }) {
  const { status, suspendedUntil, suspensionReason } = person;
  useEffect(() => {
    if (!suspendedUntil) return;
    const left = Date.parse(suspendedUntil) - Date.now() + 500;
    if (left > longestTimer) return;
    const timer = setTimeout(onDone, Math.max(left, 1_000));
    return () => clearTimeout(timer);
  }, [suspendedUntil, onDone]);
  if (status !== 'SUSPENDED') return null;
  return (
    <Alert color="yellow" title={own ? 'You are suspended, and can change nothing' : 'Suspended'} maw={560}>
      <Text size="sm">{suspensionReason}</Text>
      <Text size="sm">
        {suspendedUntil
          ? `It ends by itself ${momentOf(suspendedUntil)}.`
          : `Until an admin reinstates ${own ? 'you' : 'the person'}.`}
      </Text>
    </Alert>
  );
}

/** Milliseconds that a browser's timer counts to. */
const longestTimer = 2 ** 31 - 1;

export function PersonActions({ person, onDone }: PersonProps) {
  const [asking, setAsking] = useState<'suspend' | 'reinstate' | 'erase' | null>(null);
  const close = () => setAsking(null);
  return (
    <>
      {person.status === 'ACTIVE' ? (
        <Button variant="default" onClick={() => setAsking('suspend')}>
          Suspend
        </Button>
      ) : (
        <Button variant="default" onClick={() => setAsking('reinstate')}>
          Reinstate
        </Button>
      )}
      <Button color="red" variant="outline" onClick={() => setAsking('erase')}>
        Erase
      </Button>
      {asking === 'suspend' && <Suspend person={person} onDone={onDone} onClose={close} />}
      {asking === 'reinstate' && <Reinstate person={person} onDone={onDone} onClose={close} />}
      {asking === 'erase' && (
        <Erase id={person.id} name={person.displayName} version={person.version} onDone={onDone} onClose={close} />
      )}
    </>
  );
}

interface DialogProps extends PersonProps {
  onClose: () => void;
}

function Suspend({ person: { id, displayName, version }, onDone, onClose }: DialogProps) {
  const client = useClient();
  const [reason, setReason] = useState('');
  const [until, setUntil] = useState('');
  return (
    <Confirm
      title={`Suspend ${displayName}?`}
      action="Suspend"
      run={async () => {
        const ends = until === '' ? null : new Date(until).toISOString();
        await client.suspendUser({ id, expectedVersion: version, reason, until: ends });
        onDone();
      }}
      inputs={{
        fields: ['reason', 'until'],
        complete: reason.trim() !== '' && (until === '' || !Number.isNaN(Date.parse(until))),
        shown: (wrong) => (
          <>
            <Textarea
              label="Reason"
              description="The person can read it"
              required
              autosize
              minRows={2}
              maxRows={6}
              value={reason}
              error={wrong('reason')}
              data-autofocus
              onChange={({ currentTarget }) => setReason(currentTarget.value)}
            />
            <TextInput
              type="datetime-local"
              label="Until"
              description="Left empty: until an admin reinstates the person"
              value={until}
              error={wrong('until')}
              onChange={({ currentTarget }) => setUntil(currentTarget.value)}
            />
          </>
        ),
      }}
      onClose={onClose}
    >
      The person is kept, has no authorizations, and may change nothing, until the suspension ends. Role and group stay
      as they are.
    </Confirm>
  );
}

function Reinstate({ person: { id, displayName, version, role }, onDone, onClose }: DialogProps) {
  const client = useClient();
  return (
    <Confirm
      title={`Reinstate ${displayName}?`}
      action="Reinstate"
      harmless
      run={async () => {
        await client.reinstateUser({ id, expectedVersion: version });
        onDone();
      }}
      onClose={onClose}
    >
      The suspension ends now. The person may again do{' '}
      {role ? `what the role ${role.name} grants` : 'what a role grants, once there is one'}.
    </Confirm>
  );
}

interface EraseProps {
  id: string;
  /** Of whoever can be named still. */
  name?: string;
  version?: number;
  onDone: () => void;
  onClose: () => void;
}

export function Erase({ id, name, version, onDone, onClose }: EraseProps) {
  const client = useClient();
  return (
    <Confirm
      title={`Erase ${name ?? id}?`}
      action="Erase for good"
      typed={id}
      run={async () => {
        await client.eraseUser({ id, ...(version !== undefined && { expectedVersion: version }) });
        onDone();
      }}
      onClose={onClose}
    >
      <Text size="sm">
        What is stored of the person can never be read again, by nobody: name, birth date, address, the reasons of
        suspensions, in all events and in backups. That there was a person with this id, and what was done when, stays
        on record.
      </Text>
      <Text size="sm" mt="xs">
        The address is free again. The id may be used for a new life. There is no way back: a deletion can be undone,
        this cannot.
      </Text>
    </Confirm>
  );
}
