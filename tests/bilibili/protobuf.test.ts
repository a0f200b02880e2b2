import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Unreadable } from '#src/bilibili/fields.ts';
import { ProtobufReader } from '#src/bilibili/protobuf.ts';
import { proto } from './support.ts';

describe('the protobuf reader', () => {
  it('reads numbers of every length exactly', () => {
    const signed = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    fc.assert(
      fc.property(signed, (value) => {
        const reader = new ProtobufReader(proto([[3, value]]));
        expect(reader.next()).toBe(3);
        expect(reader.integerText()).toBe(String(value));
        expect(reader.next()).toBe(0);
      }),
    );
    const reader = new ProtobufReader(proto([[1, -1n]]));
    reader.next();
    expect(reader.integer()).toBe(-1);
  });

  it('skips what is not asked for, of every wire type', () => {
    const bytes = Buffer.concat([
      proto([[1, 7]]),
      Buffer.from([0x11, 1, 2, 3, 4, 5, 6, 7, 8, 0x1d, 1, 2, 3, 4]),
      proto([[4, 'text']]),
    ]);
    const reader = new ProtobufReader(bytes);
    const fields: number[] = [];
    for (let field = reader.next(); field !== 0; field = reader.next()) {
      fields.push(field);
      reader.skip();
    }
    expect(fields).toEqual([1, 2, 3, 4]);
  });

  it('throws Unreadable, and nothing else, on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const reader = new ProtobufReader(Buffer.from(bytes));
        try {
          for (let field = reader.next(); field !== 0; field = reader.next()) reader.skip();
        } catch (error) {
          expect(error).toBeInstanceOf(Unreadable);
        }
      }),
    );
  });
});
