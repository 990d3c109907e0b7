import { describe, expect, it } from 'vitest';
import { readOptions } from '../../../local/options.ts';
import { relocateIssuers } from 'appsync-local/parts';

describe('the command line of the local stack', () => {
  it('has defaults', () => {
    expect(readOptions([], {})).toEqual({
      stateDir: '.local',
      port: 4000,
      keep: 'go on',
      accountConcurrency: 1000,
      help: false,
    });
  });

  it('takes the port from PORT, and rather from --port', () => {
    expect(readOptions([], { PORT: '0' }).port).toBe(0);
    expect(readOptions(['--port', '5000'], { PORT: '4100' }).port).toBe(5000);
  });

  it('keeps the state of earlier runs unless told otherwise', () => {
    expect(readOptions(['--fresh'], {}).keep).toBe('begin');
    expect(readOptions(['--memory'], {}).keep).toBeUndefined();
  });

  it('takes trouble on purpose, with a seed or one of chance', () => {
    expect(readOptions(['--chaos', '7', '--port', '5000'], {})).toMatchObject({ chaos: { seed: 7 }, port: 5000 });
    expect(readOptions(['--chaos=8'], {}).chaos).toEqual({ seed: 8 });
    expect(readOptions(['--chaos', '--fresh'], {})).toMatchObject({
      chaos: { seed: expect.any(Number) },
      keep: 'begin',
    });
    expect(readOptions([], {}).chaos).toBeUndefined();
    expect(() => readOptions(['--chaos', 'x'], {})).toThrow('--chaos: x is not a seed');
  });

  it('takes a state folder and an assembly', () => {
    expect(readOptions(['--state', 'a', '--assembly', 'cdk.out'], {})).toMatchObject({
      stateDir: 'a',
      assemblyDir: 'cdk.out',
    });
  });

  it.each([
    [['--port', 'x'], {}, /--port: x is not a port/],
    [['--port', '65535'], {}, /--port: 65535/],
    [[], { PORT: '-1' }, /PORT: -1/],
    [[], { PORT: '' }, /PORT/],
    [['--color'], {}, /--color[\s\S]*Usage: npm start/],
    [['extra'], {}, /extra[\s\S]*Usage: npm start/],
  ])('refuses %j with %j', (argv, environment, message) => {
    expect(() => readOptions(argv, environment)).toThrow(message);
  });
});

describe('an assembly synthesized for another port', () => {
  it("is moved to this stack's issuers; issuers elsewhere stay", () => {
    const template = {
      a: 'http://127.0.0.1:4000/oidc/admin/',
      b: ['https://tenant.example/'],
      c: 'http://127.0.0.1:4000/other',
    };
    expect(relocateIssuers(template, 'http://127.0.0.1:5000')).toEqual({
      ...template,
      a: 'http://127.0.0.1:5000/oidc/admin/',
    });
  });
});
