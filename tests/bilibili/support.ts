import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pino } from 'pino';
import { CommandCounts } from '#src/bilibili/command-counts.ts';
import { RoomReader } from '#src/bilibili/room-reader.ts';
import { asRoomId, type EventOf, type Kind, type LiveEvent } from '#src/events.ts';

export const ROOM = asRoomId(9001);
export const STREAMER = 700001;
export const NOW_MS = 1_780_000_100_000;
export const QUIET = pino({ level: 'silent' });

/** A message of `tests/fixtures`, as bytes. */
export function fixture(name: string): Buffer {
  return readFileSync(path.join('tests', 'fixtures', `${name}.json`));
}

/** A reader of one room whose events are kept. */
export function openReader(guardHoldMs = 5000) {
  const events: LiveEvent[] = [];
  const counts = new CommandCounts();
  const reader = new RoomReader({
    room: ROOM,
    guardHoldMs,
    counts,
    log: QUIET,
    now: () => NOW_MS,
    publish: (event) => void events.push(event),
  });
  reader.streamerUid = STREAMER;
  return {
    reader,
    events,
    counts,
    read(...names: string[]) {
      for (const name of names) reader.read(fixture(name));
    },
    of<K extends Kind>(kind: K): EventOf<K>[] {
      return events.filter((event): event is EventOf<K> => event.kind === kind);
    },
  };
}

/** Events of some fixtures, with everything booked that was held. */
export function readFixtures(...names: string[]): LiveEvent[] {
  const { reader, events, read } = openReader();
  read(...names);
  reader.close();
  return events;
}

/** Where the shared real messages lie, or null; required when LIVELARK_REQUIRE names `shared`. */
export function findShared(): string | null {
  const folder = path.resolve('..', 'shared', 'samples');
  if (existsSync(folder)) return folder;
  if (process.env.LIVELARK_REQUIRE?.split(',').includes('shared')) throw new Error(`${folder} is required`);
  return null;
}

/** A protobuf message, from its fields: numbers and bigints are varints, the rest is length-delimited. */
export function proto(
  fields: readonly (readonly [field: number, value: number | bigint | string | Buffer])[],
): Buffer {
  return Buffer.concat(
    fields.flatMap(([field, value]) => {
      if (typeof value === 'number' || typeof value === 'bigint') return [varint(field * 8), varint(value)];
      const bytes = typeof value === 'string' ? Buffer.from(value) : value;
      return [varint(field * 8 + 2), varint(bytes.length), bytes];
    }),
  );
}

function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(bytes);
}

export function pbMessage(cmd: string, payload: Buffer): Buffer {
  return Buffer.from(JSON.stringify({ cmd, data: { dmscore: 1, pb: payload.toString('base64') } }));
}
