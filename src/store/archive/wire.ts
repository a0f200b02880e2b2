/**
 * What crosses to the writer thread. The frequent kinds go as plain cells of one flat array, several times
 * cheaper to clone than an object with objects in it; the rest as they are.
 */
import type { Danmaku, Gift, GuardLevel, Interaction, LiveEvent, RoomId, ViewerKey } from '#src/events.ts';

export type Cells = unknown[];

const OTHER = 0;
const DANMAKU = 1;
const GIFT = 2;
const INTERACTION = 3;

function packGift(cells: Cells, gift: Gift): void {
  const { viewer, blindBox, receiver } = gift;
  cells.push(GIFT, gift.id, gift.room, gift.atMs, viewer.key, viewer.uid, viewer.name);
  cells.push(gift.giftId, gift.name, gift.count, gift.paidMilli, gift.worthMilli, gift.comboId);
  cells.push(gift.coin, gift.fromBag);
  cells.push(blindBox?.giftId ?? null, blindBox?.name ?? '', receiver?.uid ?? null, receiver?.name ?? '');
}

function packDanmaku(cells: Cells, event: Danmaku): void {
  const { viewer, medal } = event;
  cells.push(DANMAKU, event.id, event.room, event.atMs, viewer.key, viewer.uid, viewer.name, event.text);
  cells.push(medal?.name ?? null, medal?.level ?? 0, event.guardLevel, event.userLevel, event.isAdmin);
  cells.push(event.emoticonUrl);
}

export function packEvents(events: readonly LiveEvent[]): Cells {
  const cells: Cells = [];
  for (const event of events) {
    if (event.kind === 'danmaku') packDanmaku(cells, event);
    else if (event.kind === 'gift') packGift(cells, event);
    else if (event.kind === 'interaction') {
      const { viewer } = event;
      cells.push(INTERACTION, event.id, event.room, event.atMs, viewer.key, viewer.uid, viewer.name);
      cells.push(event.action);
    } else cells.push(OTHER, event);
  }
  return cells;
}

/** Reads cells one after the other; both ends of the wire are this file, so each has the type it was written with. */
class Reader {
  readonly #cells: Cells;
  #at = 0;

  constructor(cells: Cells) {
    this.#cells = cells;
  }

  get atEnd(): boolean {
    return this.#at >= this.#cells.length;
  }

  next<T>(): T {
    return this.#cells[this.#at++] as T;
  }

  base() {
    const id = this.next<string>();
    const room = this.next<RoomId>();
    const atMs = this.next<number>();
    const key = this.next<ViewerKey | null>();
    const uid = this.next<number | null>();
    return { id, room, atMs, viewer: { key, uid, name: this.next<string>() } };
  }
}

function readDanmaku(reader: Reader): Danmaku {
  const { id, room, atMs, viewer } = reader.base();
  const text = reader.next<string>();
  const medalName = reader.next<string | null>();
  const medalLevel = reader.next<number>();
  return {
    kind: 'danmaku',
    id,
    room,
    atMs,
    viewer,
    text,
    medal: medalName === null ? null : { name: medalName, level: medalLevel },
    guardLevel: reader.next<GuardLevel>(),
    userLevel: reader.next<number>(),
    isAdmin: reader.next<boolean>(),
    emoticonUrl: reader.next<string | null>(),
  };
}

function readGift(reader: Reader): Gift {
  const base = reader.base();
  const gift = {
    kind: 'gift' as const,
    ...base,
    giftId: reader.next<number>(),
    name: reader.next<string>(),
    count: reader.next<number>(),
    paidMilli: reader.next<number>(),
    worthMilli: reader.next<number>(),
    comboId: reader.next<string | null>(),
    coin: reader.next<Gift['coin']>(),
    fromBag: reader.next<boolean>(),
  };
  const boxId = reader.next<number | null>();
  const boxName = reader.next<string>();
  const receiverUid = reader.next<number | null>();
  const receiverName = reader.next<string>();
  return {
    ...gift,
    blindBox: boxId === null ? null : { giftId: boxId, name: boxName },
    receiver: receiverUid === null ? null : { uid: receiverUid, name: receiverName },
  };
}

export function unpackEvents(cells: Cells): LiveEvent[] {
  const reader = new Reader(cells);
  const events: LiveEvent[] = [];
  while (!reader.atEnd) {
    const code = reader.next<number>();
    if (code === DANMAKU) events.push(readDanmaku(reader));
    else if (code === GIFT) events.push(readGift(reader));
    else if (code === INTERACTION) {
      events.push({ kind: 'interaction', ...reader.base(), action: reader.next<Interaction['action']>() });
    } else events.push(reader.next<LiveEvent>());
  }
  return events;
}
