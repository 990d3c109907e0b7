import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { KmsError } from '../engines/kms/kms.ts';
import { SqsError } from '../engines/sqs/engine.ts';
import { errorAnswer } from './answers.ts';
import { CallHooks } from './hooks.ts';
import { denialMessage } from './iam.ts';
import { isLoopbackHost } from './loopback.ts';
import { withConsumedCapacity } from './measure.ts';
import { dynamoDbPermissions, kmsPermissions, sqsPermissions } from './permissions.ts';
import { StreamTranslator } from './streams.ts';
import { hasItemTwice } from './transactions.ts';
import { tablesWritten } from './writes.ts';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer, Service } from './answers.ts';
import type { CallHook, GatewayCall, Verdict } from './hooks.ts';
import type { Identified, StackIam } from './iam.ts';
import type { Permission } from './permissions.ts';
import type { DynamoDatabase } from '../engines/dynamodb.ts';
import type { KmsEngine } from '../engines/kms/kms.ts';
import type { EngineStream } from '../engines/tables.ts';
import type { SqsEngine } from '../engines/sqs/engine.ts';
import type { GatewayRequest, QueueModel, TableModel } from '../model.ts';

export interface GatewayOptions {
  /** Its own address, which the queues' URLs begin with. */
  url: string;
  region: string;
  accountId: string;
  tables: TableModel[];
  queues: QueueModel[];
  streams: EngineStream[];
  iam: StackIam;
  database: DynamoDatabase;
  sqs: SqsEngine;
  kms: KmsEngine;
  /** Why nothing can be stored just now; then nothing is taken either. */
  outage?: () => string | undefined;
  /** Asks DynamoDB for the consumed capacity of every call, for hooks to see. */
  measure?: 'INDEXES' | 'TOTAL';
}

/** What a request asks for, by its header X-Amz-Target. */
interface Target {
  service: Service;
  operation: string;
  target: string;
}

interface Sent {
  /** Names in lower case. */
  headers: Record<string, string | undefined>;
  body: Buffer | string;
  /** Aborted when the caller has gone. */
  signal: AbortSignal | undefined;
}

interface Call extends Target {
  id: number;
  input: Record<string, unknown>;
  body: Buffer | string;
  identified: Identified;
  trace: string | undefined;
  signal: AbortSignal | undefined;
}

const services: Record<string, Service> = {
  DynamoDB_20120810: 'dynamodb',
  DynamoDBStreams_20120810: 'dynamodb',
  AmazonSQS: 'sqs',
  TrentService: 'kms',
};

const outagePollMs = 500;
const nothingReceived: Answer = { status: 200, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: '{}' };

const maximumBody = 20 * 1024 * 1024;

/**
 * The one way to the engines, for functions, data sources, event source mappings and tools alike. It knows each caller
 * by its signature, checks each call against the caller's policies, and alone holds the engines' keys.
 */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #hooks = new CallHooks();
  readonly #translator: StreamTranslator;
  readonly #writesHeard: (() => void)[] = [];
  #calls = 0;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#translator = new StreamTranslator(options.tables, options.streams, options.region, options.accountId);
  }

  /** Lets `hook` see, delay, fail or cut every call; returns the function that takes it away again. */
  onCall(hook: CallHook): () => void {
    return this.#hooks.add(hook);
  }

  /** Lets `hear` know of each write to a table that has a stream, once it is done. */
  onStreamedWrite(hear: () => void): void {
    this.#writesHeard.push(hear);
  }

  /** Answers a request that came over HTTP; its signature tells who calls. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await orInternalError(() => this.#answerSigned(request, response));
    if (answer === 'drop') request.socket.destroy();
    else if (!response.destroyed && !response.headersSent)
      response
        .writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) })
        .end(answer.body);
  }

  /**
   * What answers requests of a part of this very stack, which acts as a role and need not prove it. Throws if the role
   * is none of the stack's.
   */
  as(roleArn: string): (request: GatewayRequest, signal?: AbortSignal) => Promise<Answer | 'drop'> {
    const identified: Identified = { caller: { kind: 'role', role: this.#options.iam.roleOf(roleArn) } };
    return ({ headers, body }, signal) => {
      const target = targetOf(headers['x-amz-target']);
      if (!target) return Promise.resolve(unknownOperation());
      return orInternalError(() => this.#answer(target, { headers, body, signal }, identified));
    };
  }

  async #answerSigned(request: IncomingMessage, response: ServerResponse): Promise<Answer | 'drop'> {
    const headers = plainHeaders(request);
    const target = targetOf(headers['x-amz-target']);
    const body = await readBody(request);
    if (!isLoopbackHost(headers['host']))
      return errorAnswer(
        target?.service ?? 'dynamodb',
        'AccessDeniedException',
        'The gateway answers on this machine only.',
        403,
      );
    if (!target) return unknownOperation();
    const { service } = target;
    if (body === undefined) return errorAnswer(service, 'RequestEntityTooLarge', 'The request is too large.', 413);
    const identified = this.#options.iam.identify(
      { method: request.method ?? 'POST', url: request.url ?? '/', headers, body },
      service,
    );
    if (!identified.ok) return errorAnswer(service, identified.error, identified.reason);
    // A poll whose caller has gone takes nothing; nothing else waits long enough to be ended.
    const signal = service === 'sqs' ? closing(response) : undefined;
    return this.#answer(target, { headers, body, signal }, identified);
  }

  async #answer(target: Target, { headers, body, signal }: Sent, identified: Identified): Promise<Answer | 'drop'> {
    const input = parse(body);
    if (!input) return errorAnswer(target.service, 'SerializationException', 'The body is not a JSON object.');
    const trace = headers['x-amzn-trace-id'];
    return this.#serve({ id: ++this.#calls, ...target, input, body, identified, trace, signal });
  }

  async #serve(call: Call): Promise<Answer | 'drop'> {
    const { service, operation, input } = call;
    const outage = this.#options.outage?.();
    if (outage !== undefined) {
      // Nobody is given what nobody could handle: a poll finds nothing, and costs no message a receive.
      if (operation === 'ReceiveMessage') return delay(outagePollMs, nothingReceived);
      return errorAnswer(service, 'ServiceUnavailable', outage, 503);
    }
    const denial = kmsErrorsAsAnswers(() => this.#denial(call));
    if (denial) return denial;
    if (operation === 'TransactWriteItems' && hasItemTwice(input, this.#options.tables))
      return errorAnswer(
        service,
        'ValidationException',
        'Transaction request cannot include multiple operations on one item',
      );
    if (this.#hooks.size === 0) return this.#forward(call);

    const seen = describe(call);
    const before = await this.#hooks.run({ ...seen, phase: 'before' });
    if (before.verdict) return ended(service, before.verdict);
    const amended =
      before.input === input ? call : { ...call, input: before.input, body: JSON.stringify(before.input) };
    if (before.repeat) await this.#forward(amended);
    const answer = await this.#forward(amended);
    const answered = { status: answer.status, body: parse(Buffer.from(answer.body)) ?? {} };
    const { verdict } = await this.#hooks.run({ ...seen, phase: 'after', response: answered });
    return verdict ? ended(service, verdict) : answer;
  }

  #denial({ service, operation, input, identified: { caller } }: Call): Answer | undefined {
    if (caller.kind === 'administrator') return undefined;
    const permissions = this.#permissions(service, operation, input);
    if (!permissions)
      return errorAnswer(
        service,
        'ValidationException',
        `The local stack cannot check the permissions that ${operation} needs and refuses it.`,
      );
    for (const { action, resource, context } of permissions) {
      const decision = this.#options.iam.decide(caller, action, resource, context);
      if (!decision.allowed)
        return errorAnswer(service, 'AccessDeniedException', denialMessage(caller.role, action, resource, decision));
    }
    return undefined;
  }

  #permissions(service: Service, operation: string, input: Call['input']): Permission[] | undefined {
    if (service === 'sqs') return sqsPermissions(operation, input, this.#options);
    if (service === 'kms')
      return kmsPermissions(operation, input, this.#options.kms.keyOf(operation, input), this.#options);
    return dynamoDbPermissions(operation, input, this.#options);
  }

  async #forward(call: Call): Promise<Answer> {
    if (call.service === 'sqs') return this.#answerAsSqs(call);
    if (call.service === 'kms') return this.#answerAsKms(call);
    return this.#forwardToDynamoDb(call);
  }

  #answerAsKms({ operation, input }: Call): Answer {
    const answered = (): Answer => ({
      status: 200,
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() },
      body: JSON.stringify(this.#options.kms.call(operation, input)),
    });
    return kmsErrorsAsAnswers(answered);
  }

  async #forwardToDynamoDb({ operation, target, input, body }: Call): Promise<Answer> {
    const translated = this.#translator.concerns(operation);
    const measured =
      this.#options.measure === undefined ? undefined : withConsumedCapacity(operation, input, this.#options.measure);
    const sent = translated
      ? JSON.stringify(this.#translator.request(operation, input))
      : measured
        ? JSON.stringify(measured)
        : body;
    const answer = await this.#options.database.client.send(target, sent);
    if (answer.status === 200 && this.#isStreamedWrite(operation, input)) this.#writesHeard.forEach((hear) => hear());
    const headers: Record<string, string> = {};
    // The checksum is of the engine's bytes; the AWS CLI checks it.
    for (const name of translated
      ? ['content-type', 'x-amzn-requestid']
      : ['content-type', 'x-amzn-requestid', 'x-amz-crc32']) {
      const value = answer.headers[name];
      if (typeof value === 'string') headers[name] = value;
    }
    const text =
      translated && answer.status === 200
        ? this.#translator.response(operation, answer.body.toString('utf8'))
        : answer.body;
    return { status: answer.status, headers, body: text };
  }

  #isStreamedWrite(operation: string, input: Call['input']): boolean {
    const written = tablesWritten(operation, input);
    return this.#options.streams.some(({ tableName }) =>
      written.some((table) => table === tableName || table.endsWith(`/${tableName}`)),
    );
  }

  async #answerAsSqs({ operation, input, trace, signal }: Call): Promise<Answer> {
    try {
      const answer = await this.#options.sqs.call(operation, input, { signal, trace });
      return {
        status: 200,
        headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': randomUUID() },
        body: JSON.stringify(answer),
      };
    } catch (error) {
      if (error instanceof SqsError) return errorAnswer('sqs', error.name, error.message, 400, error.code);
      throw error;
    }
  }
}

function closing(response: ServerResponse): AbortSignal {
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  return closed.signal;
}

function targetOf(header: string | undefined): Target | undefined {
  const [prefix = '', operation = ''] = String(header ?? '').split('.');
  const service = services[prefix];
  return service && operation !== '' ? { service, operation, target: `${prefix}.${operation}` } : undefined;
}

function unknownOperation(): Answer {
  return errorAnswer(
    'dynamodb',
    'UnknownOperationException',
    'The local stack serves DynamoDB, DynamoDB Streams, SQS and KMS in their JSON protocols (header X-Amz-Target).',
  );
}

async function orInternalError(answer: () => Promise<Answer | 'drop'>): Promise<Answer | 'drop'> {
  try {
    return await answer();
  } catch (error) {
    return errorAnswer('dynamodb', 'InternalServerError', error instanceof Error ? error.message : String(error), 500);
  }
}

function ended(service: Service, verdict: Verdict): Answer | 'drop' {
  if (!('fail' in verdict)) return 'drop';
  const { type, message, status } = verdict.fail;
  return errorAnswer(service, type, message, status);
}

function kmsErrorsAsAnswers<Result>(work: () => Result): Result | Answer {
  try {
    return work();
  } catch (error) {
    if (error instanceof KmsError) return errorAnswer('kms', error.name, error.message);
    throw error;
  }
}

function describe({ id, service, operation, input, identified }: Call): Omit<GatewayCall, 'phase'> {
  const { caller, workerId } = identified;
  return {
    id,
    caller: caller.kind === 'administrator' ? 'administrator' : caller.role.name,
    ...(workerId === undefined ? {} : { workerId }),
    service,
    operation,
    input,
  };
}

function plainHeaders(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(',') : value;
  }
  return headers;
}

function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maximumBody) chunks.push(chunk);
    });
    request.on('end', () => resolve(size > maximumBody ? undefined : Buffer.concat(chunks)));
    request.on('error', reject);
  });
}

function parse(body: Buffer | string): Record<string, unknown> | undefined {
  try {
    const value: unknown = body.length === 0 ? {} : JSON.parse(body.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
