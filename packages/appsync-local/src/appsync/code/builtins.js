/*
 * The inside of the sandbox. This file is no module: its text is evaluated once in a new realm, before any resolver
 * code, and what it evaluates to is called with the bridge to the outside. It takes away everything that APPSYNC_JS
 * does not offer, replaces what works differently there, freezes the rest, and returns the way to register a unit of
 * code.
 *
 * Only strings and other primitive values pass the bridge in either direction, so no object of the outer realm can be
 * reached from inside.
 */
(function boot(bridge, specification) {
  'use strict';
  const { parse, stringify } = JSON;
  const { apply, deleteProperty, ownKeys } = Reflect;
  const { assign, entries, hasOwn, keys, freeze, isFrozen, defineProperty, getPrototypeOf, setPrototypeOf } = Object;
  const { isArray, prototype: arrayPrototype } = Array;
  const { sort, slice, indexOf: arrayIndexOf } = arrayPrototype;
  const { iterator } = Symbol;
  const Failure = Error;
  const WrongType = TypeError;
  const realm = globalThis;
  const spec = parse(specification);

  const units = [];
  /** Of the evaluation under way; nothing else outlives a call. */
  let current = null;

  /** Runs a library function outside, on copies. */
  function outside(path, parameters) {
    const answer = parse(bridge.call(path, stringify(parameters)));
    if (hasOwn(answer, 'error')) throw new Failure(answer.error);
    return answer.value;
  }

  // Loops

  /** Of all loops of the evaluation under way, together. */
  let repetitions = 0;
  let nextLook = spec.repetitionsBetweenLooks;

  /** Nobody watches most evaluations from outside: whatever repeats looks at the clock now and then. */
  function repeat(times) {
    repetitions += times;
    if (repetitions < nextLook) return;
    nextLook = repetitions + spec.repetitionsBetweenLooks;
    if (bridge.isLate()) throw new Failure('The evaluation takes too long');
  }

  function each(subject) {
    if (!isArray(subject) && typeof subject !== 'string')
      throw new WrongType(`${subject === null ? 'null' : typeof subject} is not iterable`);
    // A copy: elements that are added during the loop are not visited.
    const items = isArray(subject) ? apply(slice, subject, []) : [...subject];
    let position = 0;
    const loop = {
      next() {
        if (position < items.length && position >= spec.maximumIterations)
          throw new Failure(`a loop may iterate at most ${spec.maximumIterations} times`);
        position += 1;
        repeat(1);
        return { done: position > items.length, value: items[position - 1] };
      },
    };
    loop[iterator] = () => loop;
    return loop;
  }

  function keysOf(subject) {
    return each(subject === null || subject === undefined ? [] : keys(subject));
  }

  // Functions that steer the evaluation

  function stop(signal) {
    current.signal = signal;
    throw signal;
  }

  function errorEntry(message, type, data, info) {
    return {
      message: typeof message === 'string' ? message : (stringify(message) ?? 'null'),
      type: type ?? null,
      data: data ?? null,
      info: info ?? null,
    };
  }

  const utilFlow = {
    error: (message, type, data, info) => stop({ kind: 'error', error: errorEntry(message, type, data, info) }),
    appendError: (message, type, data, info) => {
      current.errors.push(errorEntry(message, type, data, info));
    },
    unauthorized: () => stop({ kind: 'unauthorized' }),
    authType: () => current.authType,
  };

  const httpFlow = {
    addResponseHeader: (name, value) => {
      current.headers.push([name, value]);
    },
    addResponseHeaders: (headers) => {
      current.headers.push(...entries(headers));
    },
  };

  const extensions = {
    setSubscriptionFilter: (filter) => {
      if (current.handler !== 'response' || !current.subscription)
        throw new Failure('extensions.setSubscriptionFilter works only in the response handler of a subscription');
      current.filter = filter ?? null;
    },
  };

  const runtime = {
    earlyReturn: (value, options) => {
      if (current.handler !== 'request') throw new Failure('runtime.earlyReturn works only in a request handler');
      stop({ kind: 'return', value: value ?? null, skipTo: options?.skipTo ?? null });
    },
  };

  // The library: a stand-in for each function outside

  function standIn(shape, path) {
    if (shape === true) return (...parameters) => outside(path, parameters);
    const members = {};
    for (const [name, member] of entries(shape))
      members[name] = standIn(member, path === '' ? name : `${path}|${name}`);
    return members;
  }

  const modules = standIn(spec.library, '');
  const utils = modules['@aws-appsync/utils'];
  assign(utils.util, utilFlow);
  assign(utils.util.http, httpFlow);
  assign(utils, { extensions, runtime });

  // Global objects, with documented members only

  function pick(source, names) {
    const picked = {};
    for (const name of names) picked[name] = source[name];
    return picked;
  }

  const globals = {};
  for (const [name, members] of entries(spec.statics))
    if (hasOwn(realm, name)) globals[name] = pick(realm[name], members);
  globals.JSON = {
    stringify: (value) => stringify(value),
    parse: (text) => {
      try {
        return parse(text);
      } catch {
        return '';
      }
    },
  };

  function log(line, column, method, ...parts) {
    let text = '';
    for (const part of parts) text += `${text === '' ? '' : ' '}${stringify(part) ?? 'undefined'}`;
    bridge.log(`${method === 'error' ? 'ERROR' : 'INFO'} - code.js:${line}:${column}: ${text}`);
  }

  // Prototypes: methods that work differently, then nothing but what is documented

  const strings = {
    replace(pattern, replacement) {
      return outside('replace', [this, pattern, replacement, false]);
    },
    replaceAll(pattern, replacement) {
      return outside('replace', [this, pattern, replacement, true]);
    },
  };
  const arrays = {
    sort(...comparators) {
      if (comparators.length > 0) throw new WrongType('sort takes no comparator');
      return apply(sort, this, []);
    },
  };
  for (const name of spec.callbackMethods) {
    const method = arrayPrototype[name];
    arrays[name] = function (...parameters) {
      repeat(this.length);
      return apply(method, this, parameters);
    };
  }

  function strip(prototype, kept) {
    for (const key of ownKeys(prototype)) if (apply(arrayIndexOf, kept, [key]) < 0) deleteProperty(prototype, key);
  }

  const arrayIterator = getPrototypeOf([][iterator]());
  const stringIterator = getPrototypeOf(''[iterator]());
  const rarelySeen = [async () => {}, function* generate() {}, async function* generate() {}].map(getPrototypeOf);
  const simple = [Number, Boolean, Symbol, BigInt].map((type) => type.prototype);
  assign(String.prototype, strings);
  assign(arrayPrototype, arrays);

  const everyPrototype = [
    Object.prototype,
    Function.prototype,
    arrayPrototype,
    String.prototype,
    arrayIterator,
    stringIterator,
    getPrototypeOf(arrayIterator),
    ...rarelySeen,
    ...simple,
  ];
  const strippings = [
    [String.prototype, [...spec.stringMethods, iterator, 'length']],
    [arrayPrototype, [...spec.arrayMethods, iterator, 'length']],
    [Function.prototype, [Symbol.hasInstance]],
    ...[...rarelySeen, ...simple, Object.prototype].map((prototype) => [prototype, []]),
  ];

  function freezeAll(value) {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || isFrozen(value)) return;
    freeze(value);
    for (const key of ownKeys(value)) freezeAll(value[key]);
  }

  /**
   * The members of `ctx` cannot be replaced, what is in them can. Each is read when it is first asked for: most handlers
   * look at few of them. @param read is told the name of each that is
   */
  function contextOf(names, read) {
    const context = setPrototypeOf({}, null);
    const member = (name, make) => {
      let made = false;
      let value;
      const get = () => {
        if (!made) {
          value = make();
          made = true;
        }
        return value;
      };
      defineProperty(context, name, { enumerable: true, get });
    };
    for (const name of names)
      member(name, () => {
        const value = parse(bridge.part(name));
        read(name, value);
        return name === 'info' ? infoOf(value) : value;
      });
    member('arguments', () => context.args);
    member('outErrors', () => []);
    return freeze(context);
  }

  function infoOf({ selectionSetList, selectionSetGraphQL, ...info }) {
    defineProperty(info, 'selectionSetList', { value: selectionSetList });
    defineProperty(info, 'selectionSetGraphQL', { value: selectionSetGraphQL });
    return info;
  }

  /**
   * Where in resolver code an error arose. Instead of the outer realm's way to write stacks, which is not for values
   * from here.
   */
  function placeOf(error, frames) {
    for (const frame of frames)
      if (frame.getFileName() === 'code.js') return `code.js:${frame.getLineNumber()}:${frame.getColumnNumber()}`;
    return 'code.js';
  }

  /**
   * Evaluates one handler; both ends are JSON. What the code made it gives apart, and the stash, if the code has looked
   * at it.
   */
  function run() {
    const { unit, handler, authType, subscription, names } = parse(bridge.take());
    const state = { handler, authType, subscription, signal: null, errors: [], headers: [] };
    current = state;
    repetitions = 0;
    nextLook = spec.repetitionsBetweenLooks;
    let outcome;
    let stash;
    try {
      const handlers = units[unit]();
      const seen = contextOf(names, (name, value) => {
        if (name === 'stash') stash = value;
      });
      const handle = handlers[handler];
      const value = handle(seen);
      outcome = { kind: 'value', value: value ?? null };
    } catch (thrown) {
      outcome =
        thrown === state.signal
          ? thrown
          : { kind: 'fault', name: thrown?.name, message: thrown?.message, place: thrown?.stack };
    }
    const { errors, headers, filter } = state;
    current = null;
    const { value, ...rest } = outcome;
    try {
      bridge.give(stringify(value ?? null) ?? 'null', stash === undefined ? null : stringify(stash));
      return stringify({ ...rest, errors, headers, filter });
    } catch {
      bridge.give('null', null);
      return stringify({
        kind: 'fault',
        name: 'TypeError',
        message: 'the result cannot be written as JSON',
        place: 'code.js',
        errors,
        headers,
      });
    }
  }

  function register(unit, factory) {
    units[unit] = factory(
      each,
      keysOf,
      log,
      modules,
      utils.util,
      extensions,
      runtime,
      globals.Object,
      globals.Number,
      globals.Math,
      globals.JSON,
    );
  }

  for (const name of ownKeys(realm)) deleteProperty(realm, name);
  for (const [prototype, kept] of strippings) strip(prototype, kept);
  for (const prototype of everyPrototype) freezeAll(prototype);
  freezeAll(modules);
  freezeAll(globals);
  defineProperty(realm, '$run', { value: run });
  // Node looks for it in this place; parameters hide it from resolver code.
  defineProperty(realm, 'Error', { value: freeze(setPrototypeOf({ prepareStackTrace: placeOf }, null)) });
  return register;
});
