import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appSyncNotifier } from '../../../functions/ports/notifier/appsync.ts';
import { memoryNotifier } from '../../../functions/ports/notifier/memory.ts';
import type { Publication } from '../../../functions/ports/notifier/port.ts';
import type { CommandOutcome, ProjectionUpdate, Recovery, User } from '../../../generated/schema.ts';
import { type PublishServer, startPublishServer } from '../../support/publishServer.ts';

const times = { createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-02T00:00:00.000Z' };
const authorization = { id: 'a1', name: 'read', description: 'May read.', version: 1, ...times };
const role = {
  id: 'r1',
  name: 'reader',
  description: 'Reads.',
  authorizationIds: ['a1'],
  authorizations: [authorization],
  version: 2,
  ...times,
};
const user: User = {
  id: 'u1',
  firstName: 'Ada',
  lastName: 'Lovelace',
  birthDate: '1990-12-10',
  email: 'ada@example.com',
  roleId: 'r1',
  role,
  groupId: null,
  group: null,
  authorizations: [authorization],
  version: 3,
  ...times,
};

const update = (more: Partial<ProjectionUpdate> = {}): ProjectionUpdate => ({
  aggregate: 'USER',
  aggregateId: 'u1',
  version: 3,
  change: 'UPDATED',
  commandId: 'c1',
  eventId: 'e1',
  timestamp: times.updatedAt,
  user,
  role: null,
  authorization: null,
  group: null,
  ...more,
});
const outcome = (commandId: string): CommandOutcome => ({
  commandId,
  status: 'REJECTED',
  operation: 'createUser',
  aggregate: 'USER',
  aggregateId: 'u1',
  version: null,
  code: 'EMAIL_TAKEN',
  message: 'taken',
  actor: 'admin:a',
});
const withoutTypes = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key === '__typename' ? undefined : inner)));

describe('AppSync notifier', () => {
  let server: PublishServer;
  beforeEach(async () => {
    server = await startPublishServer();
  });
  afterEach(() => server.stop());
  const notifier = () => appSyncNotifier(server.url, server.identity);

  it('publishes rows whole, outcomes and recoveries in one signed request', async () => {
    const recovery: Recovery = {
      recoveryId: 'x',
      timestamp: times.createdAt,
      status: 'RUNNING',
      total: null,
      discovered: 2,
      rebuilt: 1,
      changed: 1,
      failed: 0,
      cursor: null,
      lastError: null,
      actor: 'admin:a',
      startedAt: times.createdAt,
      updatedAt: times.updatedAt,
      completedAt: null,
    };
    const publications: Publication[] = [
      { update: update(), outcome: outcome('c1') },
      { outcome: outcome('c2') },
      { update: update({ aggregate: 'ROLE', aggregateId: 'r1', user: null, role }) },
      { update: update({ aggregate: 'GROUP', aggregateId: 'g1', change: 'DELETED', user: null }) },
      { recovery },
    ];
    expect(await notifier().publish(publications)).toEqual([]);
    expect(server.requests).toHaveLength(1);
    // Everything that was published is selected, so everything reaches the subscribers.
    expect(withoutTypes(server.heard)).toEqual(publications.flatMap((publication) => Object.values(publication)));
    expect(server.heard[0]).toMatchObject({
      __typename: 'ProjectionUpdate',
      user: { __typename: 'User', role: { __typename: 'Role', authorizations: [{ __typename: 'Authorization' }] } },
    });
  });

  it('makes no request for nothing', async () => {
    expect(await notifier().publish([])).toEqual([]);
    expect(server.connections()).toBe(0);
  });

  it('fails only what the API refuses', async () => {
    server.refuse((value) => (value['commandId'] === 'bad' ? 'not this one' : undefined));
    const failures = await notifier().publish([
      { outcome: outcome('good') },
      { update: update({ commandId: 'bad' }), outcome: outcome('bad') },
      { outcome: outcome('fine') },
    ]);
    expect(failures).toMatchObject([{ index: 1, error: { message: expect.stringContaining('not this one') } }]);
    expect(server.heard.map(({ commandId }) => commandId)).toEqual(['good', 'fine']);
  });

  it('fails everything when the API refuses the request: unsigned, denied, or without an alias in its error', async () => {
    const wrong = appSyncNotifier(server.url, {
      ...server.identity,
      credentials: async () => ({ accessKeyId: 'TESTKEY', secretAccessKey: 'wrong' }),
    });
    expect(await wrong.publish([{ outcome: outcome('a') }, { outcome: outcome('b') }])).toMatchObject([
      { index: 0, error: { message: expect.stringContaining('403') } },
      { index: 1 },
    ]);
    server.answerWith((response) =>
      response.writeHead(200).end('{"data":null,"errors":[{"message":"Validation error","path":null}]}'),
    );
    expect(await notifier().publish([{ outcome: outcome('a') }])).toMatchObject([
      { index: 0, error: { message: expect.stringContaining('Validation error') } },
    ]);
    server.answerWith((response) => response.writeHead(200).end('<html>'));
    expect(await notifier().publish([{ outcome: outcome('a') }])).toMatchObject([{ index: 0 }]);
    expect(server.heard).toEqual([]);
  });

  it('tries again when the API is throttling, unwell or gone for a moment', async () => {
    server.answerWith(
      (response) => response.writeHead(429).end('{}'),
      (response) => response.destroy(),
    );
    expect(await notifier().publish([{ outcome: outcome('a') }])).toEqual([]);
    expect(server.heard).toHaveLength(1);
    const unwell = (response: { writeHead(status: number): { end(body: string): void } }) =>
      response.writeHead(503).end('{}');
    server.answerWith(unwell, unwell, unwell);
    expect(await notifier().publish([{ outcome: outcome('a') }])).toMatchObject([
      { index: 0, error: { message: expect.stringContaining('503') } },
    ]);
  });

  it('gives up what is not taken within the time it has, and does not even begin with the rest', async () => {
    const ignored: ServerResponse[] = [];
    const ignore = (response: ServerResponse) => {
      ignored.push(response);
    };
    server.answerWith(ignore, ignore, ignore, ignore, ignore, ignore);
    const publications = Array.from({ length: 25 }, (_, index) => ({ outcome: outcome(`c${index}`) }));
    const failures = await notifier().publish(publications, 200);
    expect(failures.map(({ index }) => index)).toEqual(publications.map((_, index) => index));
    expect(failures.at(-1)!.error.message).toBe('There was no time left to publish');
    expect(ignored).toHaveLength(1);
    expect(await notifier().publish(publications, -5)).toHaveLength(25);
    expect(ignored).toHaveLength(1);
  });

  it('uses its connection again', async () => {
    const one = notifier();
    for (let n = 0; n < 5; n += 1) await one.publish([{ outcome: outcome(`c${n}`) }]);
    expect(server.connections()).toBeLessThanOrEqual(2);
  });

  it('sends many publications in requests of ten, in order', async () => {
    const publications = Array.from({ length: 25 }, (_, index) => ({ outcome: outcome(`c${index}`) }));
    expect(await notifier().publish(publications)).toEqual([]);
    expect(server.requests.map(({ fields }) => fields)).toEqual([10, 10, 5]);
    expect(server.heard.map(({ commandId }) => commandId)).toEqual(
      publications.map(({ outcome: { commandId } }) => commandId),
    );
  });

  it('keeps requests under 900 KB', async () => {
    const large = { ...role, description: '"'.repeat(150_000) };
    const publications = Array.from({ length: 6 }, (_, index) => ({
      update: update({ aggregate: 'ROLE', aggregateId: `r${index}`, user: null, role: large }),
    }));
    expect(await notifier().publish(publications)).toEqual([]);
    expect(server.heard).toHaveLength(6);
    expect(Math.max(...server.requests.map(({ bytes }) => bytes))).toBeLessThan(910_000);
  });
});

describe.each(['AppSync', 'memory'])('an update that is too large to deliver (%s)', (kind) => {
  it('is cut down to ids and version', async () => {
    const server = await startPublishServer();
    const memory = memoryNotifier();
    const notifier = kind === 'memory' ? memory : appSyncNotifier(server.url, server.identity);
    // Counted in bytes as sent, not in characters.
    const large = { ...role, description: '\u{1F600}'.repeat(60_000) };
    await notifier.publish([
      { update: update({ aggregate: 'ROLE', aggregateId: 'r1', user: null, role: large }), outcome: outcome('c1') },
    ]);
    const heard =
      kind === 'memory' ? memory.published.flatMap((publication) => Object.values(publication)) : server.heard;
    expect(withoutTypes(heard)).toEqual([
      update({ aggregate: 'ROLE', aggregateId: 'r1', user: null, role: null }),
      outcome('c1'),
    ]);
    await server.stop();
  });
});
