import { readFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeFrame, encodePacket, FRAME_LIMITS, type FrameLimits, OP } from '#src/bilibili/frame.ts';
import { findShared } from './support.ts';

function packet(version: number, operation: number, body: Uint8Array | string): Buffer {
  const bytes = encodePacket(operation, Buffer.from(body));
  bytes.writeUInt16BE(version, 6);
  return bytes;
}

function decode(frame: Buffer, limits: FrameLimits = FRAME_LIMITS) {
  const packets: [operation: number, body: string][] = [];
  const faults: string[] = [];
  decodeFrame(
    frame,
    {
      packet: (operation, body) => void packets.push([operation, body.toString('utf8')]),
      fault: (reason) => void faults.push(reason),
    },
    limits,
  );
  return { packets, faults };
}

const A = packet(0, OP.message, '{"cmd":"A"}');
const B = packet(0, OP.message, '{"cmd":"B"}');
const BOTH = [
  [OP.message, '{"cmd":"A"}'],
  [OP.message, '{"cmd":"B"}'],
];

describe('a frame', () => {
  it('is encoded as the server wants it', () => {
    expect(encodePacket(OP.heartbeat, new Uint8Array()).toString('hex')).toBe(
      '00000010' + '0010' + '0001' + '00000002' + '00000001',
    );
  });

  it('gives its packets in order, plain, zlib, brotli and mixed', () => {
    expect(decode(Buffer.concat([A, B]))).toEqual({ packets: BOTH, faults: [] });
    const zlib = packet(2, OP.message, deflateSync(Buffer.concat([A, B])));
    const brotli = packet(3, OP.message, brotliCompressSync(Buffer.concat([A, B])));
    expect(decode(zlib)).toEqual({ packets: BOTH, faults: [] });
    expect(decode(brotli)).toEqual({ packets: BOTH, faults: [] });
    expect(decode(Buffer.concat([zlib, A, brotli])).packets).toHaveLength(5);
  });

  it('ends at a heartbeat reply, whose length leaves out what is sent back', () => {
    const reply = Buffer.concat([
      packet(1, OP.heartbeatReply, Buffer.from([0, 0, 9, 162])),
      Buffer.from('[object Object]'),
    ]);
    const { packets, faults } = decode(reply);
    expect(packets).toHaveLength(1);
    expect(faults).toEqual([]);
  });

  it('drops the rest after a packet that lies about its length', () => {
    for (const length of [0, 15, 4096, 0xffffffff]) {
      const liar = Buffer.from(B);
      liar.writeUInt32BE(length, 0);
      const { packets, faults } = decode(Buffer.concat([A, liar, B]));
      expect(packets).toEqual([BOTH[0]]);
      expect(faults).toHaveLength(1);
    }
    const liar = Buffer.from(A);
    liar.writeUInt16BE(4, 4);
    expect(decode(liar)).toMatchObject({ packets: [], faults: [expect.stringContaining('header 4')] });
    expect(decode(A.subarray(0, 20)).faults).toHaveLength(1);
    expect(decode(Buffer.from('garbage')).faults).toHaveLength(1);
  });

  it('drops a body that is not what it says and goes on', () => {
    const broken = packet(3, OP.message, 'no brotli');
    expect(decode(Buffer.concat([broken, A]))).toMatchObject({
      packets: [BOTH[0]],
      faults: [expect.any(String)],
    });
    expect(decode(Buffer.concat([packet(9, OP.message, 'x'), A]))).toMatchObject({ packets: [BOTH[0]] });
  });

  it('does not inflate a bomb, deep or wide', () => {
    const zeros = Buffer.alloc(50 * 1024 * 1024);
    for (const bomb of [
      packet(2, OP.message, deflateSync(zeros)),
      packet(3, OP.message, brotliCompressSync(zeros, { params: { 1: 1 } })),
    ]) {
      const { packets, faults } = decode(Buffer.concat([bomb, A]));
      expect(packets).toEqual([]);
      expect(faults).toHaveLength(1);
    }
    let deep = A;
    for (let depth = 0; depth < 6; depth++) deep = packet(2, OP.message, deflateSync(deep));
    expect(decode(deep)).toEqual({ packets: [], faults: ['compressed too deeply'] });
    const wide = Buffer.concat(Array.from({ length: 30 }, () => A));
    expect(decode(wide, { ...FRAME_LIMITS, packetsMax: 10 })).toMatchObject({
      packets: { length: 10 },
      faults: ['too many packets in one frame'],
    });
  });
});

const shared = findShared();
describe.skipIf(shared === null)(
  `captured frames${shared === null ? ' (skipped: no ../shared)' : ''}`,
  () => {
    const read = (name: string) =>
      Buffer.from(readFileSync(path.join(shared ?? '', 'packets', name), 'utf8').trim(), 'hex');

    it.each([
      ['docs-normal.hex', ['WATCHED_CHANGE']],
      ['laplace-brotli-danmu.hex', ['DANMU_MSG']],
      ['laplace-zlib-danmu.hex', ['DANMU_MSG']],
    ])('%s', (name, commands) => {
      const { packets, faults } = decode(read(name));
      expect(faults).toEqual([]);
      expect(packets.map(([, body]) => (JSON.parse(body) as { cmd: string }).cmd)).toEqual(commands);
    });

    it('two packets in one body, a heartbeat reply with an echo, an auth reply', () => {
      for (const name of ['swiftdoc-brotli-2frames.hex', 'swiftdoc-zlib-2frames.hex']) {
        expect(decode(read(name)).packets).toHaveLength(2);
      }
      expect(decode(read('docs-heartbeat-reply.hex'))).toMatchObject({ packets: { length: 1 }, faults: [] });
      expect(decode(read('docs-auth-reply.hex')).packets).toEqual([[OP.authReply, '{"code":0}']]);
    });
  },
);
