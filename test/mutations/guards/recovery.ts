import { guardsIn } from '../guard.ts';

const recovery = 'test/unit/functions/recovery/recovery.test.ts';
const claims = 'test/unit/functions/recovery/claims.test.ts';
const execute = 'test/unit/functions/execute/execute.test.ts';
const adapters = 'test/unit/functions/adapters.test.ts';
const shapes = 'test/unit/functions/shapes.test.ts';

/** Of recoveries: that they end, count once, and leave the views as the live path does (I7). */
export const recoveryGuards = [
  ...guardsIn('functions/recovery/handleSteps.ts', recovery, [
    [
      'hand-on-refused',
      'a message that goes on and is refused makes its step fail',
      'if (failure) throw failure.error;',
      'void failure;',
      'comes back when its queue',
    ],
    [
      'step-reported',
      'a failed step is reported, so that it comes back',
      'failures.set(messageId, error);',
      'void error;',
      'comes back when its queue',
    ],
    [
      'second-chain',
      'of one number only the first message goes on',
      'if (!(await ports.ledger.begin(told.recoveryId, step, messageId))) {',
      'if (!(await ports.ledger.begin(told.recoveryId, step, messageId)) && messageId === undefined) {',
      'begins no second chain',
    ],
    [
      'taken-over',
      'a delivery that was overtaken leaves its message on the queue',
      "if (next.kind === 'lost') throw new TakenOver(first.recoveryId);",
      "if (next.kind === 'lost') return;",
      'took it over at any step',
    ],
    [
      'time-for-a-step',
      'no step is begun without the time for one',
      'if (ports.remaining() < reserveMs) break;',
      '',
      'one invocation',
    ],
    [
      'last-attempt',
      'a recovery whose steps fail for good ends as FAILED',
      'if (error instanceof TakenOver || attempt < lastAttemptAfter(error)) throw error;',
      'throw error;',
    ],
  ]),
  ...guardsIn('functions/recovery/recover.ts', recovery, [
    [
      'streams-without-predecessor',
      'streams are found whose events do not say the time before',
      'previousTimestamp === undefined || previousTimestamp < from',
      'previousTimestamp! < from',
      'recovery from a moment',
    ],
    [
      'streams-once',
      'each stream is found once',
      'previousTimestamp === undefined || previousTimestamp < from',
      'true',
    ],
    [
      'chunks-of-a-dead-step',
      'chunks that a step wrote and did not send are sent by the next',
      'await sendAgain(recovery, cursor, ports);',
      '',
    ],
    [
      'window-of-chunks',
      'few chunks are under way at once',
      'if (cursor.chunks - done < pace.window) {',
      'if (cursor.chunks >= done) {',
      'at most about fifty',
    ],
    [
      'lost-chunks',
      'chunks that did not come back are sent again',
      'await send(recovery, await ports.ledger.unfinished(recoveryId, 1000), ports);',
      '',
      'sends chunks again',
    ],
    [
      'lost-for-good',
      'a recovery whose chunks never come back fails',
      'if (resent >= maximumResends) {',
      'if (resent >= Infinity) {',
      'sends chunks again',
    ],
    [
      'complete-or-not',
      'rows and claims are swept only when every stream was rebuilt',
      'complete: older === undefined,',
      'complete: true,',
      'recovery from a moment',
    ],
  ]),
  ...guardsIn('functions/rebuild/chunk.ts', recovery, [
    [
      'passing-trouble',
      'trouble that passes brings the chunk back, and is no verdict on a stream',
      'if (!(error instanceof Unrebuildable)) throw error;',
      '',
      'meets trouble',
    ],
    [
      'told-at-second-delivery',
      'a second delivery tells of rows that the first changed',
      'changed || repeated)',
      'changed)',
      'tells subscribers of every row',
    ],
  ]),
  ...guardsIn('functions/rebuild/row.ts', 'test/unit/functions/recovery/rebuild.test.ts', [
    [
      'row-before-stream',
      'the row is read before its stream: what is read of a stream is never behind the row',
      'const found = seen && tries === 0 ? seen.row : await rows.get(key);\n    const loaded = await (snapshots && since !== undefined\n      ? orUnreadable(loadSince({ eventStore, snapshots }, aggregate, aggregateId, since))\n      : readStream({ aggregate, aggregateId }, eventStore));',
      'const loaded = await (snapshots && since !== undefined\n      ? orUnreadable(loadSince({ eventStore, snapshots }, aggregate, aggregateId, since))\n      : readStream({ aggregate, aggregateId }, eventStore));\n    const found = seen && tries === 0 ? seen.row : await rows.get(key);',
    ],
    [
      'events-meanwhile',
      'after mending a row that was ahead, events are looked for that came meanwhile',
      'if (!isAhead(found, state.version) || (await isStill(eventStore, key.aggregate, aggregateId, state.version)))',
      'if (await Promise.resolve(true))',
    ],
    [
      'row-without-version',
      'a row without a version may be ahead of its stream',
      "!(Number.isInteger(found['version']) && Number(found['version']) <= version)",
      "Number(found['version']) > version",
    ],
    [
      'only-as-it-was-read',
      'a row is overwritten only as it was read',
      'row, found))) continue;',
      'row, found))) return { state, changed, row };',
    ],
  ]),
  ...guardsIn('functions/rebuild/claims.ts', claims, [
    [
      'claim-of-a-still-stream',
      'a claim is restored only while its owner stands still',
      'const unmoved = [{ ...stream, version }];',
      'const unmoved: { aggregate: typeof stream.aggregate; aggregateId: string; version: number }[] = [];',
    ],
    [
      'claim-of-another',
      'a claim that another stream rightly holds is not taken from it',
      'claim.key === key))\n      throw',
      'claim.key === key && key === "")\n      )\n      throw',
    ],
    [
      'claims-that-moved',
      'claims of a stream that moved are looked at again',
      'if (!moved) return restored;',
      'if (moved || !moved) return restored;',
    ],
  ]),
  ...guardsIn('functions/rebuild/chunk.ts', claims, [
    [
      'failed-not-changed',
      'a stream that failed is not counted as changed too',
      '[...mended].filter((stream) => !failed.has(stream)).length',
      '[...mended].length',
    ],
  ]),
  ...guardsIn('functions/recovery/sweep.ts', claims, [
    [
      'held-claims-stay',
      'a claim that its owner holds is not swept away',
      'if (held.some(({ key }) => key === claim.key)) return false;',
      '',
    ],
    [
      'damaged-owner',
      'a claim is not judged where its owner is damaged',
      "if (state === 'damaged') return false;",
      "if (state === 'damaged') return (await claims.remove(claim, [])) === 'done';",
    ],
    [
      'sweep-of-a-still-stream',
      'a claim is swept away only while its owner stands still',
      'owner ? [{ ...owner, version: state.version }] : []',
      '[]',
    ],
  ]),
  ...guardsIn('functions/ports/ledger/item.ts', shapes, [
    [
      'damaged-chunk-alone',
      'a damaged chunk keeps no other from being sent',
      'return parsed.success ? parsed.data : undefined;',
      'return chunk.parse(item);',
      'ledger of recoveries',
    ],
    [
      'damaged-ledger-named',
      'a damaged row of the ledger is no recovery',
      'if (parsed.success) return parsed.data;',
      'if (parsed) return Object.fromEntries(present) as unknown as Recovery;',
      'ledger of recoveries',
    ],
  ]),
  ...guardsIn('functions/ports/ledger/dynamodb.ts', adapters, [
    [
      'stalled-beyond-a-page',
      'stalled chunks are found beyond one page',
      'while (from && found.length < limit);',
      'while (from && found.length < 0);',
      'ledger of recoveries',
    ],
    [
      'counting-again',
      'counting is tried again after a conflict',
      'return failed.length > 0 ? failed : again;',
      'return failed;',
      'ledger of recoveries',
    ],
    [
      'chunk-once-in-transaction',
      'each chunk stands once in a transaction',
      'let pending = eachOnce(results);',
      'let pending = [...eachOnce([]), ...results];',
      'ledger of recoveries',
    ],
    [
      'counted-left-out',
      'chunks that were counted are not counted again',
      'pending = pending.filter((_, index) => !failed.includes(index));',
      'pending = [];',
      'ledger of recoveries',
    ],
  ]),
  ...guardsIn('functions/execute/handleExecutions.ts', execute, [
    [
      'told-before-counted',
      'a chunk is counted only once its rows are published',
      'handled.filter((each) => !untold.has(each)),',
      'handled,',
      'a replay',
    ],
    [
      'uncounted-comes-back',
      'a chunk that could not be counted comes back',
      'for (const { each } of group) failures.set(each, errorOf(error));',
      'void group;',
      'a replay',
    ],
    [
      'passing-before-lasting',
      'a row that could not be published for now brings the chunk back, whatever else was refused',
      'new Map([...lasting, ...found.filter((entry) => !lasting.includes(entry))])',
      'new Map([...found.filter((entry) => !lasting.includes(entry)), ...lasting])',
      'a replay',
    ],
  ]),
];
