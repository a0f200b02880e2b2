import { describe, expect, it } from 'vitest';
import { asRoomId } from '#src/events.ts';
import { openMemoryHotStore } from '#src/store/memory-hot-store.ts';
import { describeHotStore } from '../contracts/hot-store.ts';
import { danmakuOf, ROOM, viewerOf } from '../contracts/live-events.ts';

describeHotStore('memory', async (setup) => openMemoryHotStore(setup));

describe('memory hot store', () => {
  it('knows the last 5000 ids at least, and forgets older ones instead of growing', async () => {
    const store = openMemoryHotStore({ now: () => 1_000_000, journalEventsMax: 10 });
    const say = (at: number) => danmakuOf(`d${at}`, at, { viewer: viewerOf(at + 1) });
    for (let at = 0; at < 12_000; at += 1) await store.append([say(at)]);
    await store.append([say(11_999), say(7_500)]);
    expect((await store.snapshot(ROOM))?.danmakuPerMinute).toBe(12_000);
    await store.append([say(0)]);
    expect((await store.snapshot(ROOM))?.danmakuPerMinute).toBe(12_001);
  });

  it('forgets the room that was silent for longest when there are too many', async () => {
    const store = openMemoryHotStore({ now: () => 1_000_000, journalEventsMax: 10, roomsMax: 2 });
    const inRoom = (room: number, id: string) => danmakuOf(id, 1, { room: asRoomId(room) });
    await store.append([inRoom(1, 'a'), inRoom(2, 'b')]);
    await store.append([inRoom(1, 'c')]);
    await store.append([inRoom(3, 'd')]);
    expect(await store.snapshot(asRoomId(2))).toBeNull();
    expect((await store.snapshot(asRoomId(1)))?.danmakuPerMinute).toBe(2);
    expect((await store.snapshot(asRoomId(3)))?.danmakuPerMinute).toBe(1);
  });

  it('keeps the newest of a batch that is larger than the journal', async () => {
    const store = openMemoryHotStore({ now: () => 1_000_000, journalEventsMax: 3 });
    await store.append([1, 2, 3, 4, 5].map((at) => danmakuOf(`d${at}`, at)));
    expect(
      (await store.readJournal(null, 9)).flatMap((entry) => entry.events.map((event) => event.id)),
    ).toEqual(['d3', 'd4', 'd5']);
    expect(await store.journalDepth()).toEqual({ events: 3, dropped: 2 });
  });

  it('still counts when our own clock is set back', async () => {
    let nowMs = 10_000_000;
    const store = openMemoryHotStore({ now: () => nowMs, journalEventsMax: 10 });
    await store.append([danmakuOf('a', 1, { viewer: viewerOf(1) })]);
    nowMs -= 3_600_000;
    await store.append([danmakuOf('b', 1, { viewer: viewerOf(2) })]);
    expect(await store.snapshot(ROOM)).toMatchObject({ danmakuPerMinute: 1, activeChatters: 1 });
  });
});
