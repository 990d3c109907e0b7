import { guardsIn } from '../guard.ts';

const enqueue = 'test/unit/resolvers/enqueue.test.ts';
const settings = 'test/unit/infra/settings.test.ts';
const grants = 'test/unit/infra/grants.test.ts';
const checks = 'test/unit/infra/checks.test.ts';
const api = 'test/unit/infra/api.test.ts';
const corpus = 'test/unit/resolvers/corpus.test.ts';
const engines = 'packages/appsync-local/test/integration/gatewayEngines.test.ts';
const oidc = 'packages/appsync-local/test/integration/oidcFlow.test.ts';

/** Of doors and pressure: who gets in, how much one sender may ask for, and what a local stack lets near it (I8, A7). */
export const doorGuards = [
  ...guardsIn('infra/config.ts', settings, [
    [
      'clients-differ',
      'no client id is that of both applications',
      "if (admin.clientId !== '' && admin.clientId === user.clientId) {",
      "if (admin.clientId === '' && admin.clientId === user.clientId) {",
      'cannot be both',
    ],
    [
      'issuers-afar',
      'an issuer on this machine is for a local run alone',
      'local ? localDomainRule : domainRule',
      'local ? localDomainRule : localDomainRule',
      'may stand in for Auth0',
    ],
    [
      'schema-closed',
      'in prod nobody asks for the schema',
      "settings.flag('introspection', stage !== 'prod')",
      "settings.flag('introspection', true)",
      'introspection in',
    ],
  ]),
  ...guardsIn('infra/edge/firewall.ts', checks, [
    [
      'firewall-rate',
      'the firewall refuses at the rate that was set',
      'limit: requestsPerAddress,',
      'limit: requestsPerAddress * 10,',
    ],
  ]),
  ...guardsIn('infra/api/api.ts', api, [
    [
      'resolvers-a-request',
      'a request runs no more resolvers than the API’s own need',
      'resolverCountLimit: 100,',
      'resolverCountLimit: 10_000,',
      'a request',
    ],
  ]),
  ...guardsIn('infra/compute/grants.ts', grants, [
    [
      'events-not-updated',
      'nobody may change an event',
      "allow('AppendEvents', ['dynamodb:Query', 'dynamodb:PutItem']",
      "allow('AppendEvents', ['dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:UpdateItem']",
      'the event store',
    ],
  ]),
  ...guardsIn('infra/compute/functions.ts', grants, [
    [
      'roles-for-this-account',
      'no service takes a role for another account',
      "StringEquals: { 'aws:SourceAccount': stack.account },",
      '',
      'every role',
    ],
    [
      'roles-for-this-api',
      'no other API takes the role of a data source',
      "...(source && { ArnLike: { 'aws:SourceArn': [source, `${source}/*`] } }),",
      '',
      'every role',
    ],
  ]),
  ...guardsIn('resolvers/lib/commands/commandInput.ts', enqueue, [
    [
      'queued-as-stored',
      'what is queued is what is stored',
      'rules ? normalized(rules, value) : value',
      'value',
      'out of all proportion',
    ],
  ]),
  ...guardsIn('resolvers/lib/values/rules.ts', enqueue, [
    [
      'raw-in-proportion',
      'a value that is out of all proportion as sent is refused',
      'if (value.length > maxLength * VALUES.rawUnits) {',
      'if (value.length > maxLength * VALUES.rawUnits * 1000) {',
      'out of all proportion',
    ],
  ]),
  ...guardsIn('domain/kernel/values/attributes.ts', corpus, [
    [
      'raw-in-proportion-too',
      'the domain refuses what the resolvers refuse',
      'if (value.length > attribute.maxLength * rawUnits) return tooLong;',
      '',
    ],
  ]),
  ...guardsIn('resolvers/lib/commands/queue.ts', enqueue, [
    [
      'fair-queues',
      'who sends many waits behind who sends few',
      'MessageGroupId: groupOf(sender)',
      "MessageGroupId: groupOf(sender.split(':')[0] ?? sender)",
      'a group of its own',
    ],
  ]),
  ...guardsIn('packages/appsync-local/src/engines/dynamodb.ts', engines, [
    [
      'engine-on-loopback',
      'the local engine answers on loopback alone',
      "      'Loopback',",
      "      'software.amazon.dynamodb.services.local.main.ServerRunner',",
      'answers on loopback',
    ],
  ]),
  ...guardsIn('packages/appsync-local/src/issuers/consents.ts', oidc, [
    [
      'token-by-click',
      'no page gets a token of somebody who is logged in without a click',
      'return this.#trusted.has(asker.origin) ||',
      'return asker.origin !== undefined ||',
    ],
  ]),
];
