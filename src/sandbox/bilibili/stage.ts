import type { Carrier, EntryKind, LedgerEntry } from './ledger.ts';
import type { Person } from './room-script.ts';
import type { Room, World } from './world.ts';

/** What an act needs to happen. */
export interface Stage {
  readonly world: World;
  /** Does something later; at once (in order) when the story is paused. */
  later(delayMs: number, act: () => void): void;
  /** A number that no other event of this or an earlier run has; 19 digits. */
  serial(): bigint;
}

export function carrier(cmd: string): Carrier {
  return { cmd, writtenMs: null, sockets: 0 };
}

/** Puts a message on its way to the room's watchers. Text is sent as it is. */
export function deliver(
  room: Room,
  message: object | string,
  carriers: readonly Carrier[] = [],
  masked: string | null = null,
): void {
  room.feed.send({ full: typeof message === 'string' ? message : JSON.stringify(message), masked, carriers });
}

/** Somebody of the room; a few of them speak most. */
export function drawPerson(room: Room): Person {
  const person = room.crowd[Math.floor(room.random.next() ** 2 * room.crowd.length)];
  if (person === undefined) throw new RangeError(`nobody is in room ${room.roomId}`);
  return person;
}

/** Whom Bilibili does not name. */
export const NOBODY: Person = {
  uid: 0,
  name: '神***',
  medal: null,
  guardLevel: 0,
  userLevel: 0,
  wealthLevel: 0,
  isAdmin: false,
};

type EntryFacts = Pick<LedgerEntry, 'id' | 'atMs'> & Partial<LedgerEntry>;

/** Writes down what happened, with the broadcast it belongs to. */
export function record(
  stage: Stage,
  room: Room,
  kind: EntryKind,
  person: Person,
  facts: EntryFacts,
): LedgerEntry {
  return stage.world.ledger.add({
    kind,
    roomId: room.roomId,
    broadcast: room.status === 1 ? room.liveKey : null,
    uid: person.uid === 0 ? null : person.uid,
    name: person.name,
    text: null,
    giftId: null,
    giftName: null,
    count: 1,
    paidMilli: 0,
    worthMilli: 0,
    comboId: null,
    guardLevel: null,
    isMasked: false,
    carriers: [],
    ...facts,
  });
}
