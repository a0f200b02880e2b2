/**
 * A reader of the protobuf wire format, as much of it as Bilibili's messages use. Our own rather than
 * @bufbuild/protobuf: two message shapes with a dozen fields each are read, ids beyond 2^53 are wanted as exact
 * text and everything else as plain numbers (its reader makes a bigint of every int64), and no .proto exists.
 */
import { Unreadable } from './fields.ts';

const VARINT_BYTES_MAX = 10;
const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

export class ProtobufReader {
  readonly #bytes: Buffer;
  #offset: number;
  readonly #end: number;
  #wire = -1;

  constructor(bytes: Buffer, offset = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#offset = offset;
    this.#end = end;
  }

  /** The number of the next field, 0 at the end. Its value must be read or skipped next. Throws Unreadable. */
  next(): number {
    if (this.#offset >= this.#end) return 0;
    const tag = Number(this.#varint());
    this.#wire = tag & 7;
    const field = Math.floor(tag / 8);
    if (field < 1 || field > 0x1fffffff) throw new Unreadable(`protobuf field ${field}`);
    return field;
  }

  /** An int64 as a number; beyond 2^53 it is rounded: read ids with `integerText`. */
  integer(): number {
    this.#expect(WIRE.varint);
    const value = this.#varint();
    return typeof value === 'number' ? value : Number(BigInt.asIntN(64, value));
  }

  /** An int64, exact. */
  integerText(): string {
    this.#expect(WIRE.varint);
    const value = this.#varint();
    return typeof value === 'number' ? String(value) : String(BigInt.asIntN(64, value));
  }

  flag(): boolean {
    return this.integer() !== 0;
  }

  text(): string {
    const [start, end] = this.#slice();
    return this.#bytes.toString('utf8', start, end);
  }

  message(): ProtobufReader {
    const [start, end] = this.#slice();
    return new ProtobufReader(this.#bytes, start, end);
  }

  skip(): void {
    switch (this.#wire) {
      case WIRE.varint:
        this.#varint();
        return;
      case WIRE.fixed64:
        this.#advance(8);
        return;
      case WIRE.bytes:
        this.#slice();
        return;
      case WIRE.fixed32:
        this.#advance(4);
        return;
      default:
        throw new Unreadable(`protobuf wire type ${this.#wire}`);
    }
  }

  #expect(wire: number): void {
    if (this.#wire !== wire) throw new Unreadable(`protobuf wire type ${this.#wire} where ${wire} was due`);
  }

  #advance(bytes: number): number {
    const start = this.#offset;
    if (bytes > this.#end - start) throw new Unreadable('protobuf ends within a field');
    this.#offset = start + bytes;
    return start;
  }

  #slice(): [start: number, end: number] {
    this.#expect(WIRE.bytes);
    const length = Number(this.#varint());
    const start = this.#advance(length);
    return [start, this.#offset];
  }

  /** A number while it fits in 49 bits (ids, times), a bigint beyond. */
  #varint(): number | bigint {
    let value = 0;
    let scale = 1;
    const start = this.#offset;
    for (let count = 0; count < 7; count++) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    let big = BigInt(value);
    for (let count = 7; count < VARINT_BYTES_MAX; count++) {
      const byte = this.#byte();
      big |= BigInt(byte & 0x7f) << BigInt(count * 7);
      if (byte < 0x80) return big;
    }
    throw new Unreadable(`protobuf number at ${start} has no end`);
  }

  #byte(): number {
    const byte = this.#offset < this.#end ? this.#bytes[this.#offset] : undefined;
    if (byte === undefined) throw new Unreadable('protobuf ends within a number');
    this.#offset++;
    return byte;
  }
}
