import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDataSources } from '../../../src/appsync/datasources/create.ts';
import { createHttpDataSource } from '../../../src/appsync/datasources/http.ts';
import { createLambdaDataSource } from '../../../src/appsync/datasources/lambda.ts';
import { noneDataSource } from '../../../src/appsync/datasources/none.ts';
import { roleCalls } from '../../../src/gateway/roleCalls.ts';
import type {
  DataSourceModel,
  FunctionInvoker,
  GatewayAnswer,
  GatewayRequest,
  InvokeResult,
  LocalIam,
} from '../../../src/model.ts';
import { apiModel, ROLE } from './fixture.ts';

const siteUrl = { owner: 'test' };
const localRegion = 'us-east-1';

describe('HTTP', () => {
  const seen: { method?: string; url?: string; headers: Record<string, unknown>; body: string }[] = [];
  const handedOver: GatewayRequest[] = [];
  let handOver: (sent: GatewayRequest) => GatewayAnswer = () => 'drop';
  let server: Server;
  let gateway: string;
  beforeAll(async () => {
    server = createServer((req, res) => {
      let body = '';
      req.on('data', (chunk: Buffer) => (body += chunk.toString()));
      req.on('end', () => {
        seen.push({ method: req.method, url: req.url, headers: req.headers, body });
        res.writeHead(req.url === '/missing' ? 404 : 200, { 'x-served': 'yes' }).end('{"MessageId":"m"}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    gateway = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  const create = (endpoint = `https://sqs.${localRegion}.amazonaws.com`) =>
    createHttpDataSource({
      name: 'Sqs',
      endpoint,
      signing: {
        region: localRegion,
        service: 'sqs',
        credentials: { accessKeyId: 'ASIA1', secretAccessKey: 's', sessionToken: 't' },
        calls: roleCalls(async (sent) => {
          handedOver.push(sent);
          return handOver(sent);
        }),
      },
      gateway,
      region: localRegion,
    });

  it('sends signed requests to the gateway', async () => {
    const dataSource = create();
    const request = {
      method: 'POST',
      resourcePath: '/',
      params: {
        headers: { 'Content-Type': 'application/x-amz-json-1.0', 'X-Amz-Target': 'AmazonSQS.SendMessage' },
        query: { a: "b c'" },
        body: { QueueUrl: 'q' },
      },
    };
    expect(await dataSource.call(request, siteUrl)).toMatchObject({
      result: { statusCode: 200, headers: { 'x-served': 'yes' }, body: '{"MessageId":"m"}' },
    });
    const { method, url, headers, body } = seen.at(-1) ?? { headers: {}, body: '' };
    expect([method, url, body]).toEqual(['POST', '/?a=b%20c%27', '{"QueueUrl":"q"}']);
    expect(headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=ASIA1\/\d{8}\/us-east-1\/sqs\/aws4_request, SignedHeaders=content-type;host;.*, Signature=[0-9a-f]{64}$/,
    );
    expect(headers).toMatchObject({ 'x-amz-target': 'AmazonSQS.SendMessage', 'x-amz-security-token': 't' });
    dataSource.stop?.();
  });

  const target = (name: string) => ({ headers: { 'X-Amz-Target': name }, body: { QueueUrl: 'q' } });

  it('hands a call of the service over as it is, where a signature would say no more', async () => {
    const dataSource = create();
    handOver = () => ({ status: 400, headers: { 'x-amzn-requestid': 'r' }, body: '{"é":1}' });
    const before = seen.length;
    const request = { method: 'POST', resourcePath: '/', params: target('AmazonSQS.SendMessage') };
    expect(await dataSource.call(request, siteUrl)).toEqual({
      result: { statusCode: 400, headers: { 'x-amzn-requestid': 'r', 'content-length': '8' }, body: '{"é":1}' },
    });
    expect(handedOver).toMatchObject([
      { headers: { 'x-amz-target': 'AmazonSQS.SendMessage' }, body: '{"QueueUrl":"q"}' },
    ]);
    handOver = () => 'drop';
    expect(await dataSource.call(request, siteUrl)).toEqual({
      result: null,
      error: { type: 'Http:Error', message: 'socket hang up' },
    });
    handOver = () => ({ status: 200, headers: {}, body: 'x'.repeat(5 * 2 ** 20 + 1) });
    expect(await dataSource.call(request, siteUrl)).toMatchObject({
      error: { message: 'the response is larger than 5 MB' },
    });
    expect(handedOver).toHaveLength(3);
    expect(seen).toHaveLength(before);
  });

  it.each([
    { method: 'POST', resourcePath: '/', params: target('DynamoDB_20120810.GetItem') },
    { method: 'POST', resourcePath: '/other', params: target('AmazonSQS.SendMessage') },
    { method: 'GET', resourcePath: '/', params: target('AmazonSQS.SendMessage') },
    { method: 'POST', resourcePath: '/' },
  ])('signs what a signature might be refused for: %j', async (request) => {
    const before = handedOver.length;
    await create().call(request, siteUrl);
    expect(handedOver).toHaveLength(before);
    expect(seen.at(-1)?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256/);
  });

  it('makes no error of a status, but of a failed connection', async () => {
    const dataSource = create(`${gateway}/`);
    expect(await dataSource.call({ method: 'GET', resourcePath: '/missing' }, siteUrl)).toMatchObject({
      result: { statusCode: 404 },
    });
    const nowhere = createHttpDataSource({
      name: 'x',
      endpoint: 'http://127.0.0.1:1',
      gateway: 'http://127.0.0.1:1',
      region: localRegion,
    });
    expect(await nowhere.call({ method: 'GET', resourcePath: '/' }, siteUrl)).toMatchObject({
      result: null,
      error: { type: 'Http:Error' },
    });
  });

  it.each<[unknown, string]>([
    [null, "Value for field '$' not found."],
    [{ resourcePath: '/' }, "Value for field '$[method]' not found."],
    [{ method: 'HEAD', resourcePath: '/' }, 'Unsupported value'],
    [{ method: 'GET', resourcePath: 'x' }, 'an absolute path'],
    [{ method: 'GET', resourcePath: '/?a=b' }, 'without a query'],
    [{ method: 'GET', resourcePath: '/', extra: 1 }, "Unsupported element '$[extra]'."],
    [{ method: 'GET', resourcePath: '/', params: { headers: { Host: 'x' } } }, 'The header Host cannot be set.'],
    [
      { method: 'GET', resourcePath: '/', params: { headers: { content_length: '1' } } },
      'The header content_length cannot be set.',
    ],
    [
      { method: 'GET', resourcePath: '/', params: { headers: { 'content-type': 'application/pdf' } } },
      'Unsupported Content-Type',
    ],
    [{ method: 'GET', resourcePath: '/', params: { headers: { 'x-a': 'b\r\nc' } } }, 'characters that a header cannot'],
  ])('refuses %j', async (request, message) => expect(create().call(request, siteUrl)).rejects.toThrow(message));

  it.each([
    'https://example.org',
    `https://sns.${localRegion}.amazonaws.com`,
    'https://sqs.eu-west-1.amazonaws.com',
    `http://sqs.${localRegion}.amazonaws.com`,
  ])('is not available for %s', (endpoint) => {
    expect(() => create(endpoint)).toThrow('is not available in the local AppSync');
  });
});

describe('AWS_LAMBDA', () => {
  const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:history';
  const create = (answer: (payload: unknown) => InvokeResult, allowed = true) => {
    const calls: unknown[] = [];
    const invoker: FunctionInvoker = {
      invoke: async (_arn, payload) => {
        calls.push(payload);
        return answer(payload);
      },
    };
    return {
      calls,
      dataSource: createLambdaDataSource({ functionArn: ARN, roleArn: ROLE.arn, isAllowed: () => allowed, invoker }),
    };
  };

  it('gives the function the payload and the handler its answer', async () => {
    const { calls, dataSource } = create((payload) => ({ ok: true, payload: { echoed: payload } }));
    expect(await dataSource.call({ operation: 'Invoke', payload: { a: 1 } }, siteUrl)).toEqual({
      result: { echoed: { a: 1 } },
    });
    expect(calls).toEqual([{ a: 1 }]);
  });

  it('shows a failure as ctx.error', async () => {
    const call = (errorType: 'Unhandled' | 'TooManyRequests') =>
      create(() => ({ ok: false, errorType, errorMessage: 'no' })).dataSource.call({ operation: 'Invoke' }, siteUrl);
    expect(await call('Unhandled')).toEqual({ result: null, error: { type: 'Lambda:Unhandled', message: 'no' } });
    expect(await call('TooManyRequests')).toMatchObject({ error: { type: 'Lambda:TooManyRequestsException' } });
  });

  it('needs the permission of its role', async () => {
    const { calls, dataSource } = create(() => ({ ok: true, payload: 1 }), false);
    expect(await dataSource.call({ operation: 'Invoke' }, siteUrl)).toMatchObject({
      error: {
        type: 'Lambda:LambdaException',
        message: expect.stringContaining(`is not authorized to perform: lambda:InvokeFunction on resource: ${ARN}`),
      },
    });
    expect(calls).toEqual([]);
  });

  it('does not wait for an Event', async () => {
    const { calls, dataSource } = create(() => ({ ok: true, payload: 1 }));
    expect(await dataSource.call({ operation: 'Invoke', invocationType: 'Event', payload: 1 }, siteUrl)).toEqual({
      result: null,
      skipResponse: true,
    });
    expect(calls).toEqual([1]);
  });

  it('batches what siblings ask', async () => {
    const { calls, dataSource } = create((payload) => ({
      ok: true,
      payload: (payload as number[]).map((n) => n * 10),
    }));
    const site = { owner: 'field', maxBatchSize: 2 };
    expect(
      await Promise.all([1, 2, 3].map((payload) => dataSource.call({ operation: 'BatchInvoke', payload }, site))),
    ).toEqual([{ result: 10 }, { result: 20 }, { result: 30 }]);
    expect(calls).toEqual([[1, 2], [3]]);
    await expect(dataSource.call({ operation: 'BatchInvoke' }, siteUrl)).rejects.toThrow('MaxBatchSize');
    const wrong = create(() => ({ ok: true, payload: [] })).dataSource;
    expect(await wrong.call({ operation: 'BatchInvoke' }, site)).toMatchObject({
      error: { type: 'Lambda:IllegalArgument' },
    });
  });

  it.each([
    [{ operation: 'Call' }, 'Unsupported operation'],
    [{ operation: 'Invoke', invocationType: 'DryRun' }, 'Unsupported value'],
    [{ operation: 'Invoke', body: 1 }, "Unsupported element '$[body]'."],
  ])('refuses %j', async (request, message) => {
    await expect(create(() => ({ ok: true, payload: 1 })).dataSource.call(request, siteUrl)).rejects.toThrow(message);
  });
});

describe('NONE', () => {
  it('hands the payload through', async () => {
    expect(await noneDataSource.call({ payload: { a: 1 } }, siteUrl)).toEqual({ result: { a: 1 } });
    expect(await noneDataSource.call({}, siteUrl)).toEqual({ result: null });
    expect(await noneDataSource.call(null, siteUrl)).toEqual({ result: null });
    await expect(noneDataSource.call({ a: 1 }, siteUrl)).rejects.toThrow("Unsupported element '$[a]'.");
  });
});

describe('data sources of an API', () => {
  const iam = {
    credentialsFor: () => ({ accessKeyId: 'a', secretAccessKey: 'b' }),
    isAllowed: () => true,
  } as unknown as LocalIam;
  const invoker: FunctionInvoker = { invoke: async () => ({ ok: true, payload: null }) };
  const create = (model: DataSourceModel, roles = [ROLE]) =>
    createDataSources(apiModel({ schema: '', more: { dataSources: [model] } }), {
      iam,
      roles,
      invoker,
      gateway: () => expect.unreachable('nothing is called'),
      endpoint: 'http://127.0.0.1:1',
      region: localRegion,
    });

  it('need a role that AppSync can assume', () => {
    const model: DataSourceModel = { name: 'History', type: 'AWS_LAMBDA', functionArn: 'f', roleArn: ROLE.arn };
    expect([...create(model).keys()]).toEqual(['History']);
    expect(() => create(model, [])).toThrow('the data source History has no role');
    expect(() => create(model, [{ ...ROLE, trustedServices: ['lambda.amazonaws.com'] }])).toThrow(
      'cannot be assumed by appsync.amazonaws.com',
    );
  });
});
