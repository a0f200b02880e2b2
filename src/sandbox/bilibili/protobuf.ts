/** Protobuf fields for the payloads in `data.pb`. Zero, empty and false are left out, as proto3 does. */

function varint(value: number | bigint): Buffer {
  let left = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const low = Number(left & 0x7fn);
    left >>= 7n;
    bytes.push(left > 0n ? low | 0x80 : low);
  } while (left > 0n);
  return Buffer.from(bytes);
}

const EMPTY = Buffer.alloc(0);
const key = (field: number, type: number): Buffer => varint(field * 8 + type);

/** An integer or enum; a negative one takes ten bytes. */
export function int(field: number, value: number | bigint): Buffer {
  return value === 0 || value === 0n ? EMPTY : Buffer.concat([key(field, 0), varint(value)]);
}

export function bool(field: number, value: boolean): Buffer {
  return int(field, value ? 1 : 0);
}

export function text(field: number, value: string): Buffer {
  return value === '' ? EMPTY : block(field, Buffer.from(value));
}

export function float(field: number, value: number): Buffer {
  if (value === 0) return EMPTY;
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([key(field, 5), bytes]);
}

/** A nested message; present even when it holds nothing. */
export function message(field: number, ...parts: readonly Buffer[]): Buffer {
  return block(field, Buffer.concat(parts));
}

/** A packed list of integers. */
export function packed(field: number, values: readonly number[]): Buffer {
  return values.length === 0 ? EMPTY : block(field, Buffer.concat(values.map((value) => varint(value))));
}

export function base64(...parts: readonly Buffer[]): string {
  return Buffer.concat(parts).toString('base64');
}

function block(field: number, body: Buffer): Buffer {
  return Buffer.concat([key(field, 2), varint(body.length), body]);
}
