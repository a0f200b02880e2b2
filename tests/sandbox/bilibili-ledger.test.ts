import { afterEach, describe, expect, it } from 'vitest';
import { BIG_GIFTS, BLIND_BOXES, FREE_GIFTS, SMALL_GIFTS } from '#src/sandbox/bilibili/gifts.ts';
import type { LedgerEntry } from '#src/sandbox/bilibili/ledger.ts';
import { quietRooms } from '#src/sandbox/bilibili/presets.ts';
import type { ActMix, GiftDialect } from '#src/sandbox/bilibili/room-script.ts';
import {
  type BilibiliSandbox,
  type SandboxOptions,
  startBilibiliSandbox,
} from '#src/sandbox/bilibili/sandbox.ts';
import { readFields, recount } from './bilibili-recount.ts';
import { type Row, until, type Watcher, watch } from './bilibili-watcher.ts';

const ROOM = 8_000_001;
/** Everything that counts, and what looks as if it did. */
const MIX: ActMix = {
  chat: 30,
  emoticon: 3,
  enter: 5,
  'free-gift': 10,
  'bag-gift': 10,
  'small-gift': 15,
  combo: 8,
  'blind-box': 10,
  'big-gift': 3,
  'super-chat': 8,
  guard: 8,
  noise: 10,
  title: 1,
};
let sandbox: BilibiliSandbox;
let watchers: Watcher[] = [];

async function start(options: Partial<SandboxOptions> = {}): Promise<void> {
  sandbox = await startBilibiliSandbox({ seed: 3, rooms: quietRooms(1), ...options });
}

async function join(protover: 1 | 2 | 3 = 3): Promise<Watcher> {
  const watcher = await watch(sandbox.url, ROOM, { protover });
  watchers.push(watcher);
  return watcher;
}

/** Sends a mark and waits until the watcher has it: everything before it is there. */
async function catchUp(watcher: Watcher): Promise<void> {
  sandbox.push(ROOM, { cmd: 'MARK' });
  await until(() => watcher.messages.some(({ cmd }) => cmd === 'MARK'));
}

afterEach(async () => {
  for (const { ws } of watchers) ws.terminate();
  watchers = [];
  await sandbox.close();
});

describe('a story', () => {
  it.each(['v1', 'v2', 'mixed', 'both'] as const)(
    'told in %s counts the same in the ledger and from the bytes of every watcher',
    async (giftDialect: GiftDialect) => {
      const [room] = quietRooms(1);
      if (room === undefined) throw new Error('one room');
      const script = { ...room, giftDialect, chatter: { perSecond: 10, burst: 4, mix: MIX } };
      await start({ rooms: [script], pacing: { speed: 100, tickMs: 10 }, isPaused: true });
      const all = [await join(1), await join(2), await join(3)];
      sandbox.resume();
      await until(() => sandbox.ledger.entries.length > 700);
      await sandbox.pause();
      const entries = [...sandbox.ledger.entries];
      const totals = sandbox.ledger.totals({ onlyWritten: true });
      expect(totals).toEqual(sandbox.ledger.totals());
      const paid = (kind: LedgerEntry['kind']) =>
        new Map(
          entries
            .filter((entry) => entry.kind === kind)
            .map(({ id, uid, paidMilli }) => [id, [uid, paidMilli]]),
        );
      for (const watcher of all) {
        await catchUp(watcher);
        const seen = recount(watcher.messages);
        const danmaku = entries.filter(({ kind }) => kind === 'danmaku');
        expect(seen.danmaku).toEqual(new Map(danmaku.map(({ id, uid }) => [id, uid])));
        const gifts = entries.filter(({ kind }) => kind === 'gift');
        expect(seen.gifts).toEqual(
          new Map(gifts.map((one) => [one.id, [one.uid, one.count, one.paidMilli]])),
        );
        expect(seen.superChats).toEqual(paid('super-chat'));
        expect(seen.guards).toEqual(paid('guard'));
        const sum = (rows: Iterable<readonly number[]>, at: number) =>
          [...rows].reduce((total, row) => total + (row[at] ?? 0), 0);
        expect([sum(seen.gifts.values(), 1), sum(seen.gifts.values(), 2)]).toEqual([
          totals.gifts,
          totals.giftMilli,
        ]);
      }
      expect([...sandbox.ledger.byViewer().values()].reduce((sum, one) => sum + one.revenueMilli, 0)).toBe(
        totals.revenueMilli,
      );
      expect(Math.min(totals.guards, totals.superChats, totals.giftMilli)).toBeGreaterThan(0);
    },
  );
});

describe('the ledger', () => {
  it('counts money once, by what was charged', async () => {
    await start();
    const watcher = await join();
    const viewer = sandbox.rooms[0]?.crowd[0];
    if (viewer === undefined) throw new Error('nobody is there');
    const [small, big] = [SMALL_GIFTS[1], BIG_GIFTS[0]];
    sandbox.gift(ROOM, { viewer, gift: small, count: 5, dialect: 'v1' });
    sandbox.gift(ROOM, { viewer, gift: FREE_GIFTS[0], count: 3, dialect: 'v1' });
    sandbox.gift(ROOM, { viewer, gift: big, fromBag: true, dialect: 'v2' });
    sandbox.combo(ROOM, { viewer, gift: small, hits: [1, 10, 1], dialect: 'v1' });
    sandbox.gifts(ROOM, [{ gift: small, count: 2 }, { gift: big }], { viewer, dialect: 'v2' });
    const opened = sandbox.blindBox(ROOM, { viewer, count: 20, dialect: 'v2' });
    sandbox.guard(ROOM, { viewer, count: 3, paid: 514_000 });
    sandbox.guard(ROOM, { viewer, level: 2, messages: ['GUARD_BUY'] });
    sandbox.superChat(ROOM, { viewer, price: 50, twin: 'before', isRepeated: true, hasTextIds: true });
    expect(opened.reduce((sum, { paidMilli }) => sum + paidMilli, 0)).toBe(20 * (BLIND_BOXES[0]?.price ?? 0));
    const totals = sandbox.ledger.totals();
    expect(totals).toEqual({
      danmaku: 0,
      chatters: 0,
      gifts: 5 + 3 + 1 + 12 + 3 + 20,
      giftMilli: 500 + 1200 + 200 + 100_000 + 300_000,
      superChats: 1,
      superChatMilli: 50_000,
      guards: 2,
      guardMonths: 4,
      guardMilli: 514_000 + 1_998_000,
      revenueMilli: 401_900 + 50_000 + 2_512_000,
      payers: 1,
      maskedDanmaku: 0,
    });
    expect(sandbox.ledger.byViewer().get(viewer.uid)).toEqual(totals);
    await catchUp(watcher);
    const hits = watcher.messages
      .filter(({ cmd }) => cmd === 'SEND_GIFT')
      .map(({ data }) => data as Row)
      .slice(-3);
    expect(hits.map((data) => [data.num, data.super_batch_gift_num, data.combo_total_coin])).toEqual([
      [1, 1, 100],
      [10, 11, 1100],
      [1, 12, 1200],
    ]);
    expect(new Set(hits.map(({ batch_combo_id }) => batch_combo_id)).size).toBe(1);
    expect(watcher.messages.find(({ cmd }) => cmd === 'COMBO_SEND')?.data).toMatchObject({
      batch_combo_id: hits[0]?.batch_combo_id,
      combo_total_coin: 1200,
      total_num: 12,
    });
  });

  it('knows when an entry was written, by what, and what nobody was sent', async () => {
    let nowMs = 1_800_000_000_000;
    await start({ now: () => nowMs, rules: { wantsBrowser: false } });
    sandbox.say(ROOM, { text: '没人听' });
    await sandbox.drain();
    nowMs = Date.now();
    const watcher = await join();
    const viewer = sandbox.rooms[0]?.crowd[0];
    if (viewer === undefined) throw new Error('nobody is there');
    sandbox.guard(ROOM, { viewer });
    sandbox.say(ROOM, { viewer: null, text: '谁' });
    nowMs += 40;
    await catchUp(watcher);
    expect(sandbox.ledger.entries.map(({ uid, carriers }) => [uid, carriers])).toEqual([
      [expect.any(Number), [{ cmd: 'DANMU_MSG', writtenMs: null, sockets: 0 }]],
      [
        viewer.uid,
        ['GUARD_BUY', 'USER_TOAST_MSG', 'USER_TOAST_MSG_V2'].map((cmd) => ({
          cmd,
          writtenMs: nowMs,
          sockets: 1,
        })),
      ],
      [null, [{ cmd: 'DANMU_MSG', writtenMs: nowMs, sockets: 1 }]],
    ]);
    expect(sandbox.ledger.totals({ onlyWritten: true })).toMatchObject({
      danmaku: 1,
      chatters: 0,
      guards: 1,
    });
  });

  it('keeps broadcasts apart', async () => {
    await start({ rooms: quietRooms(1, 0) });
    sandbox.say(ROOM);
    const first = sandbox.live(ROOM, { title: '新标题' });
    sandbox.say(ROOM);
    sandbox.superChat(ROOM);
    sandbox.preparing(ROOM);
    const second = sandbox.live(ROOM);
    sandbox.say(ROOM);
    const { ledger } = sandbox;
    expect([first, second, null].map((broadcast) => ledger.totals({ broadcast }).danmaku)).toEqual([1, 1, 1]);
    expect(ledger.totals({ broadcast: first }).revenueMilli).toBe(30_000);
    expect(ledger.broadcasts).toMatchObject([
      { liveKey: first, title: '新标题', endedMs: expect.any(Number) },
      { liveKey: second, endedMs: null },
    ]);
    expect(first).not.toBe(second);
  });

  it('refuses totals once it had to forget', async () => {
    await start({ ledgerEntriesMax: 10 });
    for (let index = 0; index < 11; index += 1) sandbox.say(ROOM);
    expect([sandbox.ledger.entries.length, sandbox.ledger.dropped]).toEqual([10, 1]);
    expect(() => sandbox.ledger.totals()).toThrow('dropped 1');
  });
});

describe('messages', () => {
  it('come in the fields that Bilibili has them in', async () => {
    await start();
    const watcher = await join(1);
    const viewer = sandbox.rooms[0]?.crowd.find(({ uid }) => uid > 2 ** 32);
    if (viewer === undefined) throw new Error('nobody has a long uid');
    sandbox.say(ROOM, { viewer, text: '贴贴', emoticon: 'emote-1' });
    sandbox.interact(ROOM, { viewer, isV2: false, type: 2 });
    sandbox.interact(ROOM, { viewer });
    sandbox.audience(ROOM, { watched: 184_547, online: 12, likes: 5 });
    sandbox.cutOff(ROOM, '违规');
    await catchUp(watcher);
    const [, danmaku, old, next, watched, online, likes, cutOff, preparing] = watcher.messages;
    const info = danmaku?.info as unknown[][];
    expect([info.length, info[0]?.length, info[0]?.[12], info[2]?.[0]]).toEqual([18, 18, 1, viewer.uid]);
    expect(info[0]?.[15]).toMatchObject({ user: { uid: viewer.uid, base: { name: viewer.name } } });
    expect(old?.data).toMatchObject({ msg_type: 2, uid: viewer.uid });
    expect(watcher.texts[2]).toMatch(/"trigger_time":\d{19},/);
    const pb = readFields(Buffer.from(String((next as { data: Row }).data.pb), 'base64'));
    expect([pb.get(1)?.[0], pb.get(5)?.[0], pb.get(6)?.[0]]).toEqual([BigInt(viewer.uid), 1n, BigInt(ROOM)]);
    expect(String(pb.get(15)?.[0])).toMatch(/^\d{19}$/);
    expect(watched?.data).toEqual({ num: 184547, text_small: '18.4万', text_large: '18.4万人看过' });
    expect([online?.cmd, likes?.data]).toEqual(['ONLINE_RANK_COUNT', { click_count: 5 }]);
    expect([cutOff, preparing]).toMatchObject([
      { cmd: 'CUT_OFF', msg: '违规', roomid: ROOM },
      { cmd: 'PREPARING', roomid: String(ROOM) },
    ]);
  });
});
