import { randomUUID } from 'node:crypto';
import { appSyncNotifier } from '../../functions/ports/notifier/appsync.ts';
import { requestOf } from '../../functions/ports/notifier/document.ts';
import type { Publication } from '../../functions/ports/notifier/port.ts';
import { type Identity, signedPoster } from '../../functions/ports/notifier/signedPost.ts';
import type { Scenario } from '../scenario.ts';
import { type RunningStack, withStack } from '../support/stack.ts';
import { p50p95p99, rounded, timed } from '../support/statistics.ts';

const samples = 200;
const sizes = [1, 10];

/**
 * What it takes to publish the events of a batch: each by a request of its own, and all in one with aliases, which
 * tells nobody.
 */
export const publishing: Scenario = {
  name: 'publishing',
  about: 'publishing one event and ten: a request for each beside one with aliases for all',
  run: (bench) =>
    withStack(bench, {}, async (running) => {
      const url = running.stack.outputs.GraphQLUrl;
      const identity = executor(running);
      const notifier = appSyncNotifier(url, identity);
      const post = signedPoster(url, identity, 1);
      const each = async (publications: Publication[]): Promise<void> => {
        const [failure] = await notifier.publish(publications);
        if (failure) throw failure.error;
      };
      const together = async (publications: Publication[]): Promise<void> => {
        const { status, body } = await post(JSON.stringify(aliased(publications)), Date.now() + 10_000);
        if (status !== 200 || body.includes('"errors"')) throw new Error(`AppSync answered ${status}: ${body}`);
      };

      const taken = new Map(sizes.map((size) => [size, { each: [] as number[], together: [] as number[] }]));
      bench.say(`${samples} batches of each kind and size, by turns`);
      for (let n = -20; n < samples; n += 1)
        for (const [size, times] of taken) {
          const publications = Array.from({ length: size }, publicationOf);
          const both = [await timed(() => each(publications)), await timed(() => together(publications))] as const;
          if (n < 0) continue;
          times.each.push(both[0]);
          times.together.push(both[1]);
        }

      const rows = [...taken].flatMap(([size, times]) => [
        [
          `${size} ${size === 1 ? 'event' : 'events'}, a request each`,
          size,
          ...p50p95p99(times.each).map((ms) => rounded(ms)),
        ],
        [
          `${size} ${size === 1 ? 'event' : 'events'}, all in one with aliases`,
          1,
          ...p50p95p99(times.together).map((ms) => rounded(ms)),
        ],
      ]);
      const ratio = (size: number): string => {
        const { each: apart, together: one } = taken.get(size)!;
        return rounded(p50p95p99(apart)[0] / p50p95p99(one)[0], 2);
      };
      return {
        tables: [
          {
            title: 'Publishing the update and the outcome of events, in milliseconds',
            columns: ['', 'requests', 'p50', 'p95', 'p99'],
            rows,
            note: 'By turns on one stack, as a function does it: signed, on kept connections, ten side by side. What is published under an alias tells nobody: that way is here for comparison alone.',
          },
        ],
        figures: [
          { name: 'Publishing one event un-aliased, as a multiple of aliased (p50)', value: ratio(1) },
          {
            name: 'Publishing ten events by a request each, as a multiple of one aliased request (p50)',
            value: ratio(10),
          },
        ],
      };
    }),
};

/** The function that publishes what became of events. */
const executor = ({ stack }: RunningStack): Identity => {
  const { roleArn } = stack.model.functions.find(({ name }) => name.endsWith('-execute'))!;
  return { credentials: async () => stack.iam.credentialsFor(roleArn), region: async () => stack.outputs.Region };
};

const publicationOf = (): Publication => {
  const [aggregateId, commandId, now] = [randomUUID(), randomUUID(), new Date().toISOString()];
  const group = { id: aggregateId, name: aggregateId, description: 'd', version: 1, createdAt: now, updatedAt: now };
  return {
    update: {
      ...{ aggregate: 'GROUP', aggregateId, version: 1, change: 'CREATED', commandId, eventId: randomUUID() },
      ...{ timestamp: now, user: null, role: null, authorization: null, group },
    },
    outcome: {
      ...{ commandId, status: 'APPLIED', operation: 'createGroup', aggregate: 'GROUP', aggregateId, version: 1 },
      ...{ code: null, message: null, actor: 'admin:auth0|bench' },
    },
  } as Publication;
};

/** The fields of all, each under an alias. */
const aliased = (publications: Publication[]): { query: string; variables: Record<string, unknown> } => {
  const requests = publications.map(requestOf);
  const declared = requests.flatMap(({ variables }, n) =>
    Object.keys(variables).map((part) => `$${part}${n}: AWSJSON!`),
  );
  const fields = requests.map(({ query }, n) =>
    query
      .slice(query.indexOf('{') + 1, query.lastIndexOf('}'))
      .replaceAll(
        /(publish\w+)\((\w+): \$\w+\)/g,
        (_, name: string, part: string) => `${part}${n}: ${name}(${part}: $${part}${n})`,
      ),
  );
  return {
    query: `mutation Publish(${declared.join(', ')}) { ${fields.join(' ')} }`,
    variables: Object.fromEntries(
      requests.flatMap(({ variables }, n) => Object.entries(variables).map(([part, value]) => [`${part}${n}`, value])),
    ),
  };
};
