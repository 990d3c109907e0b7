import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appSyncNotifier } from '../../../functions/ports/notifier/appsync.ts';
import { memoryNotifier } from '../../../functions/ports/notifier/memory.ts';
import { type Publication, PublicationRefused } from '../../../functions/ports/notifier/port.ts';
import type { CommandOutcome, ProjectionUpdate, Recovery, User } from '../../../generated/schema.ts';
import { type PublishServer, startPublishServer } from '../../support/engines/publishServer.ts';

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
  displayName: 'Ada Lovelace',
  emailVerified: null,
  status: 'ACTIVE',
  suspendedUntil: null,
  suspensionReason: null,
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
  name: 'Ada Lovelace',
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
const outcomeOf = (aggregateId: string): CommandOutcome => ({ ...outcome(aggregateId), aggregateId });
const withoutTypes = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key === '__typename' ? undefined : inner)));

describe('AppSync notifier', () => {
  let server: PublishServer;
  beforeEach(async () => {
    server = await startPublishServer();
  });
  afterEach(() => server.stop());
  const notifier = () => appSyncNotifier(server.url, server.identity);

  it('publishes rows whole, outcomes and recoveries, one event in one signed request', async () => {
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
    expect(server.requests.sort()).toEqual([
      ['publishCommandOutcome'],
      ['publishProjectionUpdate'],
      ['publishProjectionUpdate'],
      ['publishProjectionUpdate', 'publishCommandOutcome'],
      ['publishRecoveryProgress'],
    ]);
    // Everything that was published is selected, so everything reaches the subscribers.
    const told = publications.flatMap((publication) => Object.values(publication));
    expect(withoutTypes(server.heard)).toHaveLength(told.length);
    expect(withoutTypes(server.heard)).toEqual(expect.arrayContaining(told));
    expect(server.heard.find(({ user: shown }) => shown)).toMatchObject({
      __typename: 'ProjectionUpdate',
      user: { __typename: 'User', role: { __typename: 'Role', authorizations: [{ __typename: 'Authorization' }] } },
    });
  });

  it('makes no request for nothing', async () => {
    expect(await notifier().publish([])).toEqual([]);
    expect(server.connections()).toBe(0);
  });

  it('tells without the row what the API refuses for its content, and says so; the rest as it is', async () => {
    const bad = update({ aggregateId: 'bad', user: { ...user, email: 'a..b@example.com' } });
    server.refuse((value) => ((value['user'] as User | null)?.email.includes('..') ? 'not this row' : undefined));
    const failures = await notifier().publish([
      { outcome: outcome('good') },
      { update: bad, outcome: { ...outcome('c1'), aggregateId: 'bad' } },
      { update: update() },
    ]);
    expect(failures).toMatchObject([{ index: 1 }]);
    // The answer quotes what it refuses; the log must not.
    expect(failures[0]!.error.message).toMatch(/^AppSync refused to publish: .* at publishProjectionUpdate/);
    expect(failures[0]!.error.message).not.toContain('not this row');
    expect(failures[0]!.error).toBeInstanceOf(PublicationRefused);
    const told = withoutTypes(server.heard);
    expect(told).toHaveLength(4);
    expect(told).toEqual(
      expect.arrayContaining([
        outcome('good'),
        { ...outcome('c1'), aggregateId: 'bad' },
        { ...bad, user: null },
        update(),
      ]),
    );
  });

  it('says that it is refused when the rest is refused too, or there is no row to leave out', async () => {
    server.refuse(() => 'nothing at all');
    const failures = await notifier().publish([
      { update: update(), outcome: outcome('c1') },
      { outcome: outcome('c2') },
    ]);
    expect(failures).toMatchObject([{ index: 0 }, { index: 1 }]);
    for (const { error } of failures) expect(error).toBeInstanceOf(PublicationRefused);
    expect(server.heard).toEqual([]);
  });

  it('may be tried again when what is left of a refused publication was not taken', async () => {
    const refusal = '{"data":null,"errors":[{"message":"no","path":["publishProjectionUpdate","user"]}]}';
    const unwell = (response: ServerResponse) => response.writeHead(503).end('{}');
    server.answerWith((response) => response.writeHead(200).end(refusal), unwell, unwell, unwell);
    const [failure] = await notifier().publish([{ update: update() }]);
    expect(failure!.error).not.toBeInstanceOf(PublicationRefused);
    expect(failure!.error.message).toContain('503');
  });

  it('counts for all of the request what is no success: unsigned, an error without a path, no data, no JSON', async () => {
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
      { index: 0, error: { message: 'AppSync refused to publish: error' } },
    ]);
    for (const body of ['<html>', '{"data":null}', '{}', '{"data":{},"errors":[{"message":"?","path":["other"]}]}']) {
      server.answerWith((response) => response.writeHead(200).end(body));
      const [failure] = await notifier().publish([{ update: update(), outcome: outcome('a') }]);
      expect(failure).toMatchObject({ index: 0 });
      expect(failure!.error).not.toBeInstanceOf(PublicationRefused);
    }
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
    server.answerWith(...Array.from({ length: 25 }, () => ignore));
    const publications = Array.from({ length: 25 }, (_, index) => ({ outcome: outcomeOf(`u${index}`) }));
    const failures = await notifier().publish(publications, 200);
    expect(failures.map(({ index }) => index)).toEqual(publications.map((_, index) => index));
    expect(failures.at(-1)!.error.message).toBe('There was no time left to publish');
    expect(ignored).toHaveLength(10);
    expect(await notifier().publish(publications, -5)).toHaveLength(25);
    expect(ignored).toHaveLength(10);
  });

  it('uses its connections again, and opens another where one was closed meanwhile', async () => {
    const one = notifier();
    for (let n = 0; n < 5; n += 1) await one.publish([{ outcome: outcome(`c${n}`) }]);
    expect(server.connections()).toBe(1);
    await one.publish(Array.from({ length: 25 }, (_, index) => ({ outcome: outcomeOf(`u${index}`) })));
    expect(server.connections()).toBeLessThanOrEqual(10);
    server.closeIdle();
    expect(await one.publish([{ outcome: outcome('after') }])).toEqual([]);
    expect(server.heard).toHaveLength(31);
  });

  it('publishes what is of one aggregate in order', async () => {
    const publications = Array.from({ length: 40 }, (_, n) => ({
      update: update({ aggregateId: `u${n % 8}`, version: n }),
    }));
    expect(await notifier().publish(publications)).toEqual([]);
    expect(server.heard).toHaveLength(40);
    for (let n = 0; n < 8; n += 1) {
      const versions = server.heard.flatMap(({ aggregateId, version }) => (aggregateId === `u${n}` ? [version] : []));
      expect(versions).toEqual([n, n + 8, n + 16, n + 24, n + 32]);
    }
  });

  it('has no more requests under way than it is asked to', async () => {
    let underWay = 0;
    let most = 0;
    const slowly = (response: ServerResponse) => {
      most = Math.max(most, (underWay += 1));
      setTimeout(() => {
        underWay -= 1;
        response.writeHead(200).end('{"data":{}}');
      }, 10);
    };
    server.answerWith(...Array.from({ length: 10 }, () => slowly));
    const publications = Array.from({ length: 10 }, (_, n) => ({ outcome: outcomeOf(`u${n}`) }));
    expect(await notifier().publish(publications, undefined, 2)).toEqual([]);
    expect(most).toBe(2);
  });

  it('has ten requests under way at once', async () => {
    const waiting: ServerResponse[] = [];
    const together = (response: ServerResponse) => {
      waiting.push(response);
      if (waiting.length === 10) for (const each of waiting) each.writeHead(200).end('{"data":{}}');
    };
    server.answerWith(...Array.from({ length: 10 }, () => together));
    expect(await notifier().publish(Array.from({ length: 10 }, (_, n) => ({ outcome: outcomeOf(`u${n}`) })))).toEqual(
      [],
    );
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
