import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OpenRoomDirectory } from '#src/app/room-directory.ts';
import { type SettingRooms, startSettingRooms } from '#src/app/setting-rooms.ts';
import type { ResolvedRoom } from '#src/bilibili/collectors.ts';
import { asRoomId } from '#src/events.ts';

const RESOLVED: ResolvedRoom = {
  ...{ room: asRoomId(9100001), shortId: 6, uid: 1, name: '海风电台', title: '', area: '', coverUrl: null },
  liveStatus: 'offline',
};

describe('the rooms of ROOMS', () => {
  const rejected: unknown[] = [];
  const note = (error: unknown) => void rejected.push(error);
  let setting: SettingRooms;
  beforeEach(() => {
    vi.useFakeTimers();
    rejected.splice(0);
    process.on('unhandledRejection', note);
  });
  afterEach(() => {
    setting.close();
    process.off('unhandledRejection', note);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it('are tried again while Bilibili or the store is away, and no fault of theirs ends the bot', async () => {
    const answers: (() => ResolvedRoom)[] = [];
    const watched: number[] = [];
    let refreshes = 0;
    const away = () => {
      throw new Error('the network is away');
    };
    answers.push(away, away, () => RESOLVED);
    setting = startSettingRooms({
      ids: [6],
      rooms: {
        findKnown: () => null,
        resolve: async () => (answers.shift() ?? away)(),
        addSetting: (room: number) => void watched.push(room),
        refresh: async () => {
          refreshes += 1;
          if (refreshes === 2 || refreshes === 3) throw new Error('the store is away');
        },
      } as unknown as OpenRoomDirectory,
      archive: { putRoom: async () => {} } as never,
      log: pino({ level: 'silent' }),
    });
    await setting.firstTry(1_000);
    await vi.advanceTimersByTimeAsync(60_000);
    vi.useRealTimers();
    await new Promise((resolve) => setImmediate(resolve));
    vi.useFakeTimers();
    expect(rejected).toEqual([]);
    expect(watched).toEqual([9100001]);
    expect(refreshes).toBe(4);
  });
});
