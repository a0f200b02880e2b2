/** Frames of the danmaku socket into messages and events, against the least that any client does: decompress, split, parse. */
import { brotliDecompressSync, inflateSync } from 'node:zlib';
import { pino } from 'pino';
import { CommandCounts } from '#src/bilibili/command-counts.ts';
import { decodeFrame, HEADER_BYTES, OP } from '#src/bilibili/frame.ts';
import { readMessage } from '#src/bilibili/message.ts';
import { RoomReader } from '#src/bilibili/room-reader.ts';
import { asRoomId } from '#src/events.ts';
import { framesOf, messagesOf } from './decode-corpus.ts';
import { type Bench, type Figure, percentile, perSecond, times } from './figures.ts';

const MESSAGES = 6_000;
const ROUNDS_MIN = 5;

const KINDS = [
  { what: 'brotli, 1–20 a frame', version: 3, innerMax: 20, reach: 1.9 },
  { what: 'brotli, 1–3 a frame', version: 3, innerMax: 3, reach: 1.75 },
  { what: 'zlib, 1–20 a frame', version: 2, innerMax: 20, reach: null },
] as const;

/** The floor: node:zlib's synchronous calls, the headers, and JSON.parse of everything. Answers how many messages. */
function readPlainly(bytes: Buffer): number {
  let count = 0;
  for (let offset = 0; offset < bytes.length; ) {
    const length = bytes.readUInt32BE(offset);
    const version = bytes.readUInt16BE(offset + 6);
    const body = bytes.subarray(offset + HEADER_BYTES, offset + length);
    if (version === 3) count += readPlainly(brotliDecompressSync(body));
    else if (version === 2) count += readPlainly(inflateSync(body));
    else if (JSON.parse(body.toString('utf8')) !== null) count += 1;
    offset += length;
  }
  return count;
}

/** The limit: nothing but node:zlib's synchronous calls. */
function onlyInflate(frame: Buffer): void {
  const body = frame.subarray(HEADER_BYTES);
  if (frame.readUInt16BE(6) === 3) brotliDecompressSync(body);
  else inflateSync(body);
}

function readFrames(frames: readonly Buffer[], read: (body: Buffer) => void): void {
  const sink = {
    packet: (operation: number, body: Buffer) => {
      if (operation === OP.message) read(body);
    },
    fault: (reason: string) => {
      throw new Error(reason);
    },
  };
  for (const frame of frames) decodeFrame(frame, sink);
}

/** Messages, as the readers of commands get them. Answers how many. */
function readMessages(frames: readonly Buffer[]): number {
  let count = 0;
  readFrames(frames, (body) => {
    if (readMessage(body).cmd !== '') count += 1;
  });
  return count;
}

/** All that the bot does until an event is on the bus. A new reader each time, for it drops what it has seen. */
function readFully(frames: readonly Buffer[]): number {
  let count = 0;
  const counts = new CommandCounts();
  const reader = new RoomReader({
    ...{ room: asRoomId(9001), guardHoldMs: 5_000, counts, log: pino({ level: 'silent' }), now: Date.now },
    publish: () => void count++,
  });
  readFrames(frames, (body) => reader.read(body));
  reader.close();
  if (counts.all().size > 0) throw new Error(`not read: ${[...counts.all().keys()].join(', ')}`);
  return count;
}

/** CPU time, ms: others on the machine do not count. */
function timeOf(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

function measure(kind: (typeof KINDS)[number], messages: readonly Buffer[], seconds: number): Figure[] {
  const frames = framesOf(messages, kind.version, kind.innerMax);
  const works = {
    floor: () => frames.forEach(readPlainly),
    inflate: () => frames.forEach(onlyInflate),
    decoded: () => readMessages(frames),
    events: () => readFully(frames),
  };
  if (readMessages(frames) !== messages.length) throw new Error('messages are missing');
  if (readFully(frames) < messages.length * 0.88) throw new Error('events are missing');
  const took = { floor: [], inflate: [], decoded: [], events: [] } as Record<keyof typeof works, number[]>;
  const endMs = performance.now() + seconds * 1000;
  while (took.floor.length < ROUNDS_MIN || performance.now() < endMs) {
    for (const name of Object.keys(works) as (keyof typeof works)[]) took[name].push(timeOf(works[name]));
  }
  const rate = (name: keyof typeof works) => (messages.length / percentile(took[name], 0.5)) * 1000;
  const [floor, limit] = [rate('floor'), rate('inflate') / rate('floor')];
  const value = (name: keyof typeof works) => `${times(rate(name) / floor)} F  (${perSecond(rate(name))})`;
  const reference = `F ${perSecond(floor)}, decompression alone ${times(limit)}`;
  const reached =
    kind.reach === null
      ? {}
      : { reach: `≥ ${times(kind.reach)} F`, isReached: rate('decoded') >= kind.reach * floor };
  return [
    { what: `${kind.what}, decoded`, value: value('decoded'), reference, ...reached },
    { what: `${kind.what}, events out`, value: value('events'), reference: `F ${perSecond(floor)}` },
  ];
}

export const bench: Bench = async ({ seconds }) => {
  const messages = messagesOf(MESSAGES, 3);
  return KINDS.flatMap((kind) => measure(kind, messages, Math.min(seconds, 60) / KINDS.length));
};
