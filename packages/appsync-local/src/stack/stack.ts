import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createAppSync } from '../appsync/server.ts';
import { loadAssembly } from '../assembly/load.ts';
import { adminPath, serveChaos } from '../chaos/adminAddress.ts';
import { Chaos } from '../chaos/chaos.ts';
import { startDynamoDb } from '../engines/dynamodb.ts';
import { keepSweeping } from '../engines/expiry.ts';
import { KmsEngine } from '../engines/kms/kms.ts';
import { SqsEngine } from '../engines/sqs/engine.ts';
import { createFront, createPlainPage, type Part } from './front.ts';
import { Gateway } from '../gateway/gateway.ts';
import { inProcess } from '../gateway/inProcess.ts';
import { StackIam } from '../gateway/iam.ts';
import { startMappings } from '../lambda/mapping/mappings.ts';
import { FilePositions } from '../lambda/mapping/stream/positions.ts';
import { startLambdaRuntime } from '../lambda/runtime.ts';
import { createIssuers } from '../issuers/issuers.ts';
import { openLog } from './log.ts';
import { outputsOf, refuseSharedState, removeOutputs, writeOutputs } from './outputs.ts';
import { openPorts } from './ports.ts';
import { Shutdown } from './shutdown.ts';
import { relocateIssuers } from './relocate.ts';
import { KeptState } from './state.ts';
import type { Template } from '../assembly/cloudAssembly.ts';
import type { DynamoDatabase } from '../engines/dynamodb.ts';
import type { EngineStream } from '../engines/tables.ts';
import type { GatewayOptions } from '../gateway/gateway.ts';
import { defaultSettings, type IssuerSettings } from '../issuers/settings.ts';
import type { IssuerProvider, Issuers } from '../issuers/issuers.ts';
import type { LambdaEvent, LambdaRuntime } from '../lambda/runtime.ts';
import type { Mappings } from '../lambda/mapping/mappings.ts';
import type { GatewayRoles, StackModel } from '../model.ts';
import type { StackOutputs } from './outputs.ts';

/** What a synthesis has to know of the stack that will run its assembly. */
export interface SynthesisContext {
  /** Where the API will be served, e.g. `http://127.0.0.1:4000`: the issuers are below it. */
  origin: string;
  stateDir: string;
  signal: AbortSignal;
}

/** The settings of the local issuers, and the applications that log in at any issuer. */
export type StackIssuers = IssuerSettings & { applications?: (outputs: StackOutputs) => IssuerProvider[] };

export interface StackOptions {
  /** Of the API; the gateway has the next one. 0: any two free ones. */
  port: number;
  /** Default `.local`. */
  stateDir?: string;
  /**
   * The folder of a cloud assembly, synthesized for these or other local ports, or what synthesizes it now and gives
   * its folder.
   */
  assembly: string | ((context: SynthesisContext) => Promise<string>);
  /**
   * Keeps tables, queues, keys and the positions in streams in the state folder, for the next run: `begin` throws away
   * what earlier runs left. In memory alone if left out, which is faster and leaves nothing.
   */
  keep?: 'go on' | 'begin';
  /** Where what was found of resolver code is remembered from run to run. Default: `cache` in the state folder. */
  cacheDir?: string;
  /** Changes the template before it is read; for tests. */
  transformTemplate?: (template: Template) => Template;
  /**
   * How the local issuers stand in for the identity provider, and which applications log in there: by default one for
   * each OIDC provider of the API, by the last part of its issuer's path.
   */
  issuers?: StackIssuers;
  /**
   * Visibility time-out of all queues instead of the template's, and the longest for which a function can send a
   * message away: so that tests of redelivery need not wait.
   */
  queueVisibilityOverrideSeconds?: number;
  /** Most execution environments of one function: what this machine can do. */
  lambdaConcurrencyPerFunction?: number;
  /** The account's concurrency, beyond which invocations are throttled; default 1000. */
  accountConcurrency?: number;
  /** Asks DynamoDB for the consumed capacity of every call, for the gateway's hooks to see. */
  measure?: GatewayOptions['measure'];
  /** What the root of the API's port serves; the stack's addresses as plain text if left out. */
  page?: (outputs: StackOutputs, shutdown: Shutdown) => Part;
  onLambdaEvent?: (event: LambdaEvent) => void;
  /**
   * Makes a bad day of it from the start: calls are late, lost, refused, made twice. A running stack is given trouble
   * by `Stack.chaos`.
   */
  chaos?: { seed: number };
  /** Hears of each step as it begins. */
  onProgress?: (step: string) => void;
  /** Hears what the user of a running stack should know: an engine that is gone and back, what a template changed. */
  onNotice?: (words: string) => void;
  /** Ends a start that is under way. */
  signal?: AbortSignal;
}

/** A running stack. */
export interface Stack {
  outputs: StackOutputs;
  model: StackModel;
  gateway: Gateway;
  iam: StackIam;
  lambda: LambdaRuntime;
  mappings: Mappings;
  issuers: Issuers;
  /** The tables, past the gateway: for looking at them from outside. */
  database: DynamoDatabase;
  /** Deletes the items that have expired by `nowSeconds` (epoch seconds), as happens by itself every half minute. */
  sweepExpired(nowSeconds?: number): Promise<number>;
  /** What goes wrong on purpose, and the knobs for it. */
  chaos: Chaos;
  /** Resolves, saying why, if the stack cannot go on. */
  failed: Promise<Error>;
  /** Stops everything, in reverse order; no process, thread or port is left. */
  stop(): Promise<void>;
}

const localRegion = 'us-east-1';
const localAccountId = '000000000000';
/** Between two moments at which the log of kept tables may end; a busy engine writes some megabytes a second. */
const logMs = 5_000;
/** More environments than the cores can keep busy only take each other's time: each has to warm up by itself. */
const defaultConcurrency = Math.min(8, 2 * availableParallelism());

/**
 * Brings up what the cloud assembly describes. Rejects, with nothing left running, on what a deployment would refuse.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const shutdown = new Shutdown();
  try {
    return await bringUp(options, shutdown);
  } catch (error) {
    // What went wrong first is what the user has to hear.
    await shutdown.run().catch(() => undefined);
    throw error;
  }
}

async function bringUp(options: StackOptions, shutdown: Shutdown): Promise<Stack> {
  const { stateDir = '.local' } = options;
  const signal = shutdown.signalWith(options.signal);
  const step = (words: string) => {
    signal.throwIfAborted();
    options.onProgress?.(words);
  };
  await refuseSharedState(stateDir);
  mkdirSync(stateDir, { recursive: true });
  const { front, back } = await openPorts(options.port, shutdown);
  const origin = front.url;

  const { assembly } = options;
  step(
    typeof assembly === 'string' ? 'starting DynamoDB Local' : 'starting DynamoDB Local, synthesizing the application',
  );
  const kept = options.keep === undefined ? undefined : new KeptState(stateDir, options.keep === 'begin');
  const notice = (words: string) => options.onNotice?.(words);
  const starting = startDynamoDb({ ...(kept ? { dir: kept.tables } : {}), onOutage: notice });
  shutdown.add(() =>
    starting.then(
      (engine) => engine.stop(),
      () => undefined,
    ),
  );
  const [engine, assemblyDir] = await Promise.all([
    starting,
    typeof assembly === 'string' ? assembly : assembly({ origin, stateDir, signal }),
  ]);

  step('reading the cloud assembly');
  const apiUrl = `${origin}/graphql`;
  const realtimeUrl = `${origin.replace('http:', 'ws:')}/graphql/realtime`;
  const model = loadAssembly({
    dir: assemblyDir,
    gatewayUrl: back.url,
    apiUrl,
    realtimeUrl,
    region: localRegion,
    accountId: localAccountId,
    transformTemplate: (template) => {
      const relocated = relocateIssuers(template, origin);
      return options.transformTemplate?.(relocated) ?? relocated;
    },
  });
  const outputs = outputsOf(model, { graphql: apiUrl, realtime: realtimeUrl, page: `${origin}/`, gateway: back.url });
  outputs.ChaosEndpoint = `${back.url}${adminPath}`;
  if (options.chaos) outputs.Chaos = `on, seed ${options.chaos.seed}`;

  step(`${kept?.found ? 'opening' : 'creating'} ${model.tables.length} tables and ${model.queues.length} queues`);
  const database = engine.newDatabase(kept?.accessKeyId);
  shutdown.add(() => database.close());
  const sqs = new SqsEngine({
    url: back.url,
    region: localRegion,
    accountId: localAccountId,
    ...(kept ? { file: kept.queues } : {}),
  });
  shutdown.add(() => sqs.stop());
  const visibilityTimeoutSeconds = options.queueVisibilityOverrideSeconds;
  const [{ streams, changes }, gone] = await Promise.all([
    kept
      ? database.ensureTables(model.tables, kept.streams)
      : database.createTables(model.tables).then((created) => ({ streams: created, changes: [] })),
    sqs.createQueues(model.queues, { visibilityTimeoutSeconds }),
  ]);
  kept?.keepStreams(streams);
  changes.forEach(notice);
  for (const { queue, messages } of gone)
    notice(`the queue ${queue} is no longer in the template; ${messages} messages in it are gone`);
  shutdown.add(keepSweeping((rest) => database.sweepExpired(model.tables, undefined, rest)));
  const [anyTable] = model.tables;
  if (kept && anyTable) shutdown.add(keepSweeping(() => database.endLog(anyTable), logMs));

  const common = { region: localRegion, accountId: localAccountId };
  const kms = new KmsEngine({ keys: model.keys, accountId: localAccountId, ...(kept ? { file: kept.keys } : {}) });
  const resourcePolicies = new Map([...model.queues, ...model.keys].map(({ arn, policy }) => [arn, policy]));
  const iam = new StackIam({ ...common, roles: model.roles, resourcePolicies, seed: randomUUID() });
  const gateway = new Gateway({
    ...common,
    url: back.url,
    tables: model.tables,
    queues: model.queues,
    streams,
    iam,
    database,
    sqs,
    kms,
    outage: () => engine.outage(),
    measure: options.measure,
  });
  const chaos = new Chaos({
    seed: options.chaos?.seed ?? Math.floor(Math.random() * 2 ** 32),
    on: options.chaos !== undefined,
    attach: (hook) => gateway.onCall(hook),
    killWorker: (workerId) => lambda.killWorker(workerId),
    crashEngine: () => engine.crash(),
  });
  const roles: GatewayRoles = (roleArn) => inProcess(gateway, roleArn);
  back.handleWith((request, response) => {
    if (!serveChaos(chaos, request, response)) void gateway.handle(request, response);
  });

  step('starting functions, API and issuers');
  const lambda = await startLambdaRuntime({
    ...common,
    functions: model.functions,
    roles: model.roles,
    iam,
    endpoint: back.url,
    logDir: join(stateDir, 'logs'),
    concurrencyPerFunction: options.lambdaConcurrencyPerFunction ?? defaultConcurrency,
    ...(options.accountConcurrency === undefined ? {} : { accountConcurrency: options.accountConcurrency }),
    ...(options.onLambdaEvent ? { onEvent: options.onLambdaEvent } : {}),
  });
  shutdown.add(() => lambda.stop());
  const providers = providersOf(options, model, outputs).filter(({ issuer }) => issuer.startsWith(`${origin}/`));
  const { applications: _, ...settings }: StackIssuers = options.issuers ?? defaultSettings;
  outputs.Issuers = Object.fromEntries(
    providers.map(({ name, issuer, clientId }) => [name, { issuer, clientId, settings }]),
  );
  const issuers = await createIssuers({ origin, providers, stateDir, redirectUris: [`${origin}/`], settings });
  shutdown.add(() => issuers.stop());
  const log = openLog(join(stateDir, 'logs', 'appsync.log'));
  shutdown.add(() => log.close());
  const appSync = await createAppSync({
    ...common,
    api: model.api,
    iam,
    roles: model.roles,
    invoker: lambda,
    gateway: roles,
    endpoint: back.url,
    graphqlUrl: outputs.GraphQLUrl,
    log: log.write,
    cacheDir: options.cacheDir ?? join(stateDir, 'cache'),
  });
  shutdown.add(() => appSync.stop());
  const page = options.page?.(outputs, shutdown) ?? createPlainPage(outputs);
  const { handle, upgrade } = createFront({ appSync, issuers, page });
  front.handleWith(handle);
  front.server.on('upgrade', upgrade);

  step(`starting ${model.mappings.length} event source mappings`);
  const mappings = await startMappings({
    model,
    iam,
    invoker: lambda,
    gateway: roles,
    region: localRegion,
    onStreamedWrite: (hear) => gateway.onStreamedWrite(hear),
    ...(kept ? { positions: new FilePositions(kept.positions, mappingAndStream(model, streams)) } : {}),
  });
  shutdown.add(() => mappings.stop());

  signal.throwIfAborted();
  writeOutputs(stateDir, model.stackName, outputs);
  shutdown.add(() => removeOutputs(stateDir, outputs));
  return {
    outputs,
    model,
    gateway,
    iam,
    lambda,
    mappings,
    issuers,
    database,
    sweepExpired: (nowSeconds) => database.sweepExpired(model.tables, nowSeconds),
    chaos,
    failed: engine.failed,
    stop: () => shutdown.run(),
  };
}

/** Every application that logs in somewhere. Only an issuer below this stack's address is this stack's own. */
function providersOf({ issuers }: StackOptions, model: StackModel, outputs: StackOutputs): IssuerProvider[] {
  if (issuers?.applications) return issuers.applications(outputs);
  return model.api.authModes.flatMap((mode) => {
    if (mode.type !== 'OPENID_CONNECT' || mode.oidc.clientId === undefined) return [];
    const { issuer, clientId } = mode.oidc;
    return { name: issuer.replace(/\/$/, '').split('/').pop() ?? issuer, issuer, clientId };
  });
}

/** What a mapping's position belongs to: the mapping, and the very stream that the engine gave it. */
const mappingAndStream =
  (model: StackModel, streams: readonly EngineStream[]) =>
  (mapping: string): string => {
    const source = model.mappings.find((one) => one.kind === 'dynamodb' && one.logicalId === mapping);
    const table = model.tables.find(({ streamArn }) => source?.kind === 'dynamodb' && streamArn === source.streamArn);
    return `${mapping} ${streams.find(({ tableName }) => tableName === table?.name)?.engineArn}`;
  };
