import { brotliCompressSync, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { inflateWhole, isReusing, openKept, withInflated } from '#src/bilibili/inflate.ts';

const FORMATS = [
  { format: 'zlib', compress: (bytes: Uint8Array) => deflateSync(bytes) },
  { format: 'brotli', compress: (bytes: Uint8Array) => brotliCompressSync(bytes, { params: { 1: 3 } }) },
] as const;
const MAX = 16 * 1024 * 1024;

it('this Node has the handles that are kept', () => {
  expect(isReusing()).toBe(true);
});

it('in a Node without them the public call does the work', async () => {
  vi.resetModules();
  vi.doMock('node:zlib', async (original) => ({
    ...(await original<typeof import('node:zlib')>()),
    createInflate: () => ({ _handle: { writeSync: () => {} } }),
    createBrotliDecompress: () => ({}),
  }));
  try {
    const other = await import('#src/bilibili/inflate.ts');
    expect(other.isReusing()).toBe(false);
    for (const { format, compress } of FORMATS) {
      const seen: string[] = [];
      other.withInflated(
        format,
        compress(Buffer.from('x')),
        MAX,
        (bytes) => void seen.push(bytes.toString()),
      );
      expect(seen).toEqual(['x']);
      const large = compress(Buffer.alloc(1000));
      expect(() => other.withInflated(format, large, 999, () => {})).toThrow(RangeError);
    }
  } finally {
    vi.doUnmock('node:zlib');
    vi.resetModules();
  }
});

describe.each(FORMATS)('$format', ({ format, compress }) => {
  /** What a way of decompressing makes of a body: its bytes, or that it is too large, or wrong. */
  const outcome = (inflate: () => Buffer) => {
    try {
      return inflate().toString('hex');
    } catch (error) {
      return error instanceof RangeError ? 'too large' : 'wrong';
    }
  };

  it('kept and public give the same, whole, cut, broken and with more behind it', () => {
    const kept = openKept(format);
    const bytes = fc.uint8Array({ maxLength: 5000 });
    const change = fc.record({
      at: fc.nat(),
      by: fc.nat(255),
      cut: fc.nat(),
      tail: fc.uint8Array({ maxLength: 9 }),
    });
    fc.assert(
      fc.property(bytes, fc.option(change), fc.integer({ min: 1, max: 6000 }), (plain, changed, limit) => {
        let body = compress(plain);
        if (changed !== null) {
          const { at, by, cut, tail } = changed;
          body[at % body.length] = (body[at % body.length] ?? 0) ^ by;
          if (cut % 3 === 0) body = body.subarray(0, cut % body.length);
          if (cut % 3 === 1) body = Buffer.concat([body, tail]);
        }
        for (const max of [MAX, limit]) {
          const expected = outcome(() => inflateWhole(format, body, max));
          expect(outcome(() => kept.inflate(body, max))).toBe(expected);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('bodies larger than the kept buffer, exactly as large as it, and as the limit', () => {
    const kept = openKept(format);
    for (const size of [128 * 1024 - 1, 128 * 1024, 128 * 1024 + 1, 256 * 1024, 3_000_000]) {
      const plain = Buffer.alloc(size, 'danmaku');
      expect(kept.inflate(compress(plain), MAX).equals(plain)).toBe(true);
      expect(kept.inflate(compress(plain), size).equals(plain)).toBe(true);
      expect(() => kept.inflate(compress(plain), size - 1)).toThrow(RangeError);
      expect(kept.inflate(compress(Buffer.from('after')), MAX).toString()).toBe('after');
    }
  });

  it('a bomb takes no more memory than its limit, and what comes after it is read', () => {
    const kept = openKept(format);
    const bomb = compress(Buffer.alloc(50 * 1024 * 1024));
    const before = process.memoryUsage().arrayBuffers;
    expect(() => kept.inflate(bomb, MAX)).toThrow(RangeError);
    // Before anything is collected: all buffers on the way to the limit together.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2.5 * MAX);
    expect(kept.inflate(compress(Buffer.from('after')), MAX).toString()).toBe('after');
  });

  it('within another body a buffer of its own is used', () => {
    const seen: string[] = [];
    withInflated(format, compress(Buffer.from('outer')), MAX, (outer) => {
      withInflated(format, compress(Buffer.from('inner!')), MAX, (inner) => void seen.push(inner.toString()));
      seen.push(outer.toString());
    });
    expect(seen).toEqual(['inner!', 'outer']);
  });

  it('a reader that throws leaves the handle free', () => {
    const body = compress(Buffer.from('x'));
    const fail = () => {
      throw new Error('reader');
    };
    expect(() => withInflated(format, body, MAX, fail)).toThrow('reader');
    const seen: string[] = [];
    withInflated(format, body, MAX, (bytes) => void seen.push(bytes.toString()));
    expect(seen).toEqual(['x']);
  });
});
