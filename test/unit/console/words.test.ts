import { Refusal } from 'user-management-client';
import { describe, expect, it } from 'vitest';
import { countText, explain, fieldError, momentOf, valueText } from '../../../console/src/parts/words.ts';

describe('what the console says', () => {
  it('of a refusal is what it means, not its code', () => {
    expect(explain(new Refusal('TOO_MANY_COMMANDS', 'At most 60'))).toEqual({
      title: 'Too much at once: wait ten seconds',
      text: 'At most 60',
    });
    expect(explain(new Refusal('INVALID', 'commandId: must be a UUID')).title).toBe('A value breaks a rule');
  });

  it('of a field that was refused stands at the field', () => {
    const refusal = new Refusal('INVALID', 'refused', 'input.until', 'must be in the future');
    expect(fieldError(refusal)).toEqual({ field: 'until', text: 'must be in the future' });
  });

  it.each([
    [null, '–'],
    ['', '–'],
    [[], 'none'],
    [true, 'yes'],
    [false, 'no'],
    [['a', 'b'], 'a, b'],
    ['1990-05-17', '1990-05-17'],
    ['2026-01-01T12:00:00.000Z', momentOf('2026-01-01T12:00:00.000Z')],
  ])('of the value %j is %s', (value, text) => expect(valueText(value)).toBe(text));

  it('counts in words', () =>
    expect([0, 1, 2].map((count) => countText(count, 'event'))).toEqual(['0 events', '1 event', '2 events']));
});
