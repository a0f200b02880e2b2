import { expect, it } from 'vitest';
import { describeError } from '#src/lib/errors.ts';

it('says the cause once', () => {
  const cause = new Error('bad port');
  expect(describeError(new Error('fetch failed', { cause }))).toBe('fetch failed (bad port)');
  expect(
    describeError(
      new Error('no answer: fetch failed (bad port)', { cause: new Error('fetch failed', { cause }) }),
    ),
  ).toBe('no answer: fetch failed (bad port)');
  expect(describeError('text')).toBe('text');
});
