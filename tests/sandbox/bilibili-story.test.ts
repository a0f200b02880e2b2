import { describe, expect, it } from 'vitest';
import { HOSTILE_NAMES } from '#src/sandbox/bilibili/chat-lines.ts';
import { drawCrowd } from '#src/sandbox/bilibili/crowd.ts';
import { busyRooms, demoRooms } from '#src/sandbox/bilibili/presets.ts';
import { openRandom } from '#src/sandbox/bilibili/random.ts';
import type { RoomScript } from '#src/sandbox/bilibili/room-script.ts';
import { startBilibiliSandbox } from '#src/sandbox/bilibili/sandbox.ts';
import { type TimedAct, tellStory } from '#src/sandbox/bilibili/timeline.ts';
import { until, watch } from './bilibili-watcher.ts';

function tell(script: RoomScript, seed: number, untilMs: number): TimedAct[] {
  const anchor = { roomId: script.roomId, uid: script.uid, name: script.name, medalName: 'x' };
  const crowd = drawCrowd(openRandom(`${seed} crowd`), 300, anchor);
  const acts: TimedAct[] = [];
  for (const timed of tellStory(script, crowd, openRandom(`${seed} story`))) {
    if (timed.atMs > untilMs) break;
    acts.push(timed);
  }
  return acts;
}

const [dango] = demoRooms();
if (dango === undefined) throw new Error('the demo has rooms');

/** What people are told of: ¥100 or more, super chats, guards, and broadcasts. */
function isTold({ act }: TimedAct): boolean {
  if (act.kind === 'gifts') return act.items.some(({ gift, count }) => gift.price * count >= 100_000);
  return ['super-chat', 'guard', 'live', 'preparing'].includes(act.kind);
}

describe('a story', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(tell(dango, 7, 120_000)).toEqual(tell(dango, 7, 120_000));
    expect(tell(dango, 7, 120_000)).not.toEqual(tell(dango, 8, 120_000));
  });

  it('goes forward in time, as fast as its script says, in bursts', () => {
    const acts = tell(dango, 7, 600_000);
    expect(acts.every(({ atMs }, index) => index === 0 || atMs >= (acts[index - 1]?.atMs ?? 0))).toBe(true);
    const perSecond = Array.from(
      { length: 600 },
      (_, second) => acts.filter(({ atMs }) => Math.floor(atMs / 1000) === second).length,
    );
    const mean = acts.length / 600;
    expect(mean).toBeGreaterThan(4);
    expect(mean).toBeLessThan(9);
    expect(Math.max(...perSecond)).toBeGreaterThan(mean * 2.5);
  });

  it('has hostile names and texts, and uids of all lengths', () => {
    const acts = tell(dango, 7, 600_000);
    const people = acts.flatMap(({ act }) => ('viewer' in act ? [act.viewer] : []));
    const names = new Set(people.map(({ name }) => name));
    expect(HOSTILE_NAMES.filter((name) => names.has(name)).length).toBeGreaterThan(8);
    const lengths = new Set(people.map(({ uid }) => String(uid).length));
    expect([6, 9, 10, 16].every((length) => lengths.has(length))).toBe(true);
    expect(people.every(({ uid }) => Number.isSafeInteger(uid))).toBe(true);
    const texts = acts.flatMap(({ act }) => (act.kind === 'chat' ? [act.text] : []));
    for (const part of ['@everyone', '**', 'https://', '\u202e', '\u200b', '长'.repeat(200)])
      expect(texts.some((text) => text.includes(part))).toBe(true);
  });

  it('is nearly silent while the room is offline', () => {
    const night = demoRooms().find(({ status }) => status === 0);
    if (night === undefined) throw new Error('one room is offline');
    const acts = tell({ ...night, rhythm: { firstMs: 300_000, liveMs: 300_000, offlineMs: 1 } }, 7, 599_000);
    const before = acts.filter(({ atMs }) => atMs < 300_000).length;
    expect(before).toBeLessThan((acts.length - before) / 10);
  });
});

describe('the demo', () => {
  const stories = demoRooms().map((script) => ({ script, acts: tell(script, 7, 120_000) }));

  it('has what people are told of within ten seconds', () => {
    const early = stories.flatMap(({ acts }) => acts.filter((timed) => timed.atMs < 8000 && isTold(timed)));
    const kinds = new Set(early.map(({ act }) => act.kind));
    expect(kinds).toEqual(new Set(['gifts', 'super-chat', 'guard', 'live']));
  });

  it('has a broadcast that ends after one to two minutes', () => {
    const ends = stories.flatMap(({ acts }) => acts.filter(({ act }) => act.kind === 'preparing'));
    expect(ends.map(({ atMs }) => atMs)).toEqual([80_000]);
  });

  it('begins for a room when somebody watches it', async () => {
    const sandbox = await startBilibiliSandbox({ seed: 7, rooms: demoRooms(), pacing: { speed: 50 } });
    try {
      const watcher = await watch(sandbox.url, dango.roomId);
      await until(() => watcher.messages.some(({ cmd }) => cmd === 'SUPER_CHAT_MESSAGE'));
      expect(new Set(sandbox.ledger.entries.map(({ roomId }) => roomId))).toEqual(new Set([dango.roomId]));
      watcher.ws.terminate();
    } finally {
      await sandbox.close();
    }
  });
});

describe('busy rooms', () => {
  it('have the rate that was asked for, and few alerts', () => {
    const [room] = busyRooms(1, 500);
    if (room === undefined) throw new Error('one room');
    const acts = tell(room, 1, 60_000);
    expect(acts.length).toBeGreaterThan(29_000);
    expect(acts.length).toBeLessThan(31_000);
    expect(acts.filter(isTold).length).toBe(6);
  });
});
