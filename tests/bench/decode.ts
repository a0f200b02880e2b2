/** Frames of the danmaku socket into events, against the least that any client does: decompress, split, parse. */
import { brotliDecompressSync, inflateSync } from 'node:zlib';
import { pino } from 'pino';
import { CommandCounts } from '#src/bilibili/command-counts.ts';
import { decodeFrame, HEADER_BYTES, OP } from '#src/bilibili/frame.ts';
import { RoomReader } from '#src/bilibili/room-reader.ts';
import { asRoomId, type LiveEvent } from '#src/events.ts';
import { busyRooms } from '#src/sandbox/bilibili/presets.ts';
import { startBilibiliSandbox } from '#src/sandbox/bilibili/sandbox.ts';
import { watch } from '../sandbox/bilibili-watcher.ts';
import { type Bench, type Figure, percentile, perSecond, times } from './figures.ts';
import { sleep } from './scene.ts';

const MESSAGES = 6_000;
const MESSAGES_PER_SECOND = 3_000;
const ROUNDS_MIN = 5;

const KINDS = [
  { what: 'brotli, 1–20 a frame', protover: 3, innerMax: 20, reach: 1.9 },
  { what: 'brotli, 1–3 a frame', protover: 3, innerMax: 3, reach: 1.75 },
  { what: 'zlib, 1–20 a frame', protover: 2, innerMax: 20, reach: null },
] as const;

/** What a busy room's socket carries, as it comes. */
async function recordFrames(protover: 2 | 3, innerMax: number): Promise<Buffer[]> {
  const rooms = busyRooms(1, MESSAGES_PER_SECOND);
  const wire = { innerMax, outerMax: 1, plainShare: 0 };
  const sandbox = await startBilibiliSandbox({ seed: 3, rooms, wire });
  try {
    const watcher = await watch(sandbox.url, rooms[0]?.roomId ?? 0, { protover });
    const frames: Buffer[] = [];
    watcher.ws.on('message', (data: Buffer) => frames.push(data));
    while (watcher.texts.length < MESSAGES) await sleep(20);
    watcher.ws.terminate();
    return frames;
  } finally {
    await sandbox.close();
  }
}

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

/** All that the bot does until an event is on the bus. A new reader each time, for it drops what it has seen. */
function readFully(frames: readonly Buffer[]): number {
  const events: LiveEvent[] = [];
  const reader = new RoomReader({
    room: asRoomId(9_000_001),
    guardHoldMs: 5_000,
    counts: new CommandCounts(),
    log: pino({ level: 'silent' }),
    now: Date.now,
    publish: (event) => void events.push(event),
  });
  const sink = {
    packet: (operation: number, body: Buffer) => {
      if (operation === OP.message) reader.read(body);
    },
    fault: (reason: string) => {
      throw new Error(reason);
    },
  };
  for (const frame of frames) decodeFrame(frame, sink);
  reader.close();
  return events.length;
}

function timeOf(work: () => void): number {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}

async function measure(kind: (typeof KINDS)[number], seconds: number): Promise<Figure> {
  const frames = await recordFrames(kind.protover, kind.innerMax);
  const messages = frames.reduce((sum, frame) => sum + readPlainly(frame), 0);
  if (readFully(frames) < messages / 2) throw new Error('half of the messages became no events');
  const [floor, own]: [number[], number[]] = [[], []];
  const endMs = performance.now() + seconds * 1000;
  while (floor.length < ROUNDS_MIN || performance.now() < endMs) {
    floor.push(timeOf(() => frames.forEach(readPlainly)));
    own.push(timeOf(() => readFully(frames)));
  }
  const rate = (durations: readonly number[]) => (messages / percentile(durations, 0.5)) * 1000;
  const ratio = rate(own) / rate(floor);
  return {
    what: `${kind.what}, events out`,
    value: `${times(ratio)} F  (${perSecond(rate(own))})`,
    reference: `F ${perSecond(rate(floor))}`,
    // The fast decoder comes with issue 3: until then this says how far it is.
    ...(kind.reach === null ? {} : { reach: `≥ ${times(kind.reach)} F (issue 3)` }),
  };
}

export const bench: Bench = async ({ seconds }) => {
  const figures: Figure[] = [];
  for (const kind of KINDS) figures.push(await measure(kind, Math.min(seconds, 60) / 6));
  return figures;
};
