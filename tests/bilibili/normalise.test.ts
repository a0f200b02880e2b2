import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NOW_MS, openReader, pbMessage, proto, ROOM, readFixtures } from './support.ts';

// Held guards wait on timers: nothing here may wait for real.
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('danmaku', () => {
  it('tells who said what when', () => {
    expect(readFixtures('DANMU_MSG/plain')).toEqual([
      {
        kind: 'danmaku',
        id: 'aa00bb11cc22dd33ee44ff5566778899',
        room: ROOM,
        atMs: 1780000001234,
        viewer: { key: 'u:500001', uid: 500001, name: '测试小林' },
        text: '晚上好[dog]',
        medal: { name: '灯塔', level: 21 },
        guardLevel: 3,
        userLevel: 12,
        isAdmin: true,
        emoticonUrl: null,
      },
    ]);
    expect(readFixtures('DANMU_MSG/emoticon')).toMatchObject([
      { text: '赞', medal: null, emoticonUrl: 'https://example.invalid/emoticon.png' },
    ]);
  });

  it('keeps masked people apart from everybody, and their names', () => {
    const events = readFixtures('DANMU_MSG/masked', 'DANMU_MSG/masked-other');
    expect(events).toMatchObject([
      { viewer: { key: null, uid: null, name: '测***' } },
      { viewer: { key: null, uid: null, name: '测***' } },
    ]);
  });

  it('takes hostile names and long ids as they are', () => {
    expect(readFixtures('DANMU_MSG/sixteen-digit-uid')).toMatchObject([
      {
        viewer: { uid: 3546550000000001, name: '@everyone **x** https://example.invalid' },
        text: 'hello 👩‍👩‍👧 \u202eabc\u200b',
      },
    ]);
  });

  it('reads short and odd forms', () => {
    const [old, big, minimal] = readFixtures(
      'DANMU_MSG/old-short',
      'DANMU_MSG/big-suffix',
      'DANMU_MSG/minimal',
    );
    expect(old).toMatchObject({
      atMs: 1530000000000,
      viewer: { uid: 500002 },
      text: '2018年的弹幕',
      userLevel: 3,
    });
    expect(big).toMatchObject({
      atMs: 1780000002000,
      viewer: { name: '测试小王' },
      medal: null,
      userLevel: 0,
    });
    expect(minimal).toMatchObject({ atMs: NOW_MS, text: '只有文字', viewer: { key: null, name: '' } });
    expect(old?.id).toMatch(/^500002:1530000000000:1530000001:[0-9a-f]{16}$/);
  });

  it('never counts the danmaku of another room', () => {
    expect(
      readFixtures('DANMU_MSG/mirrored', 'DANMU_MSG_MIRROR/linked-room', 'NOTICE_MSG/other-room'),
    ).toEqual([]);
  });

  it('are told once however often they come, and recalled by person', () => {
    const events = readFixtures(
      'DANMU_MSG/plain',
      'DANMU_MSG/plain',
      'RECALL_DANMU_MSG/viewer',
      'RECALL_DANMU_MSG/masked',
    );
    expect(events.map((event) => event.kind)).toEqual(['danmaku', 'recalled']);
    expect(events[1]).toMatchObject({ viewerKey: 'u:500001', atMs: 1780000009000 });
  });

  it('that cannot be read are counted, not thrown', () => {
    const { reader, counts, read, events } = openReader();
    read('DANMU_MSG/broken');
    for (const text of [
      '',
      '[]',
      'null',
      '{"cmd":7}',
      '{"cmd":"DANMU_MSG"',
      '{"cmd":"SEND_GIFT_V2","data":{"pb":"////"}}',
    ]) {
      reader.read(Buffer.from(text));
    }
    expect(events).toEqual([]);
    expect(Object.fromEntries(counts.all())).toEqual({ 'DANMU_MSG!': 1, 'JSON!': 5, 'SEND_GIFT_V2!': 1 });
  });
});

describe('rooms', () => {
  it('go live once a start, whatever LIVE is repeated', () => {
    const events = readFixtures(
      'LIVE/pressed',
      'LIVE/stream-arrived',
      'LIVE/third-shape',
      'LIVE/stream-arrived',
    );
    expect(events).toEqual([
      {
        kind: 'live-started',
        id: '600000000000000001:1780000000',
        room: ROOM,
        atMs: 1780000000000,
        liveKey: '600000000000000001',
        startSecond: 1780000000,
      },
    ]);
  });

  it('tell the start second also when it comes second', () => {
    expect(readFixtures('LIVE/stream-arrived', 'LIVE/pressed')).toMatchObject([
      { liveKey: '600000000000000001', startSecond: null, atMs: NOW_MS },
      { liveKey: '600000000000000001', startSecond: 1780000000 },
    ]);
  });

  it('go on after PREPARING with the same key, and with another one without PREPARING', () => {
    const kinds = readFixtures(
      'LIVE/pressed',
      'PREPARING/ended',
      'LIVE/stream-arrived',
      'LIVE/key-as-number',
    );
    expect(kinds.map((event) => event.kind)).toEqual([
      'live-started',
      'live-ended',
      'live-started',
      'live-started',
    ]);
    expect(kinds[3]).toMatchObject({ liveKey: '600000000000000003' });
    expect(new Set(kinds.map((event) => event.id)).size).toBe(4);
  });

  it('are dated in the order in which they are told, whatever the clocks say', () => {
    const events = readFixtures('PREPARING/ended', 'LIVE/pressed', 'PREPARING/replay');
    expect(events).toMatchObject([
      { kind: 'live-ended', atMs: 1780003600123 },
      { kind: 'live-started', atMs: 1780003600123, startSecond: 1780000000 },
      { kind: 'live-ended', atMs: 1780003600123 },
    ]);
  });

  it('end', () => {
    expect(readFixtures('PREPARING/ended', 'PREPARING/ended', 'PREPARING/replay')).toMatchObject([
      { kind: 'live-ended', atMs: 1780003600123, replay: false },
      { kind: 'live-ended', atMs: NOW_MS, replay: true },
    ]);
  });

  it('change, are warned and cut off', () => {
    expect(
      readFixtures('ROOM_CHANGE/title', 'WARNING/picture', 'CUT_OFF/rules', 'CUT_OFF_V2/lines'),
    ).toMatchObject([
      { kind: 'room-changed', title: '今晚唱歌', area: '视频唱见', atMs: 1780000040000 },
      { kind: 'room-warned', cutOff: false, message: '图片内容不适宜，请立即调整' },
      { kind: 'room-warned', cutOff: true, message: '违反直播言论规范' },
      {
        kind: 'room-warned',
        cutOff: true,
        message: '处罚结果：切断本场直播\n违规原因：挂机',
        atMs: 1780000043000,
      },
    ]);
  });

  it('have an audience', () => {
    expect(
      readFixtures('WATCHED_CHANGE/count', 'ONLINE_RANK_COUNT/count', 'LIKE_INFO_V3_UPDATE/count'),
    ).toMatchObject([
      { kind: 'watched', count: 12345, atMs: 1780000050000 },
      { kind: 'online', count: 321 },
      { kind: 'likes', count: 9876 },
    ]);
  });
});

describe('interactions', () => {
  it('of both forms are one', () => {
    const { reader, events, read } = openReader();
    read('INTERACT_WORD/enter', 'INTERACT_WORD/follow');
    const twin = proto([
      [1, 500008],
      [2, '测试路人'],
      [4, Buffer.from([1])],
      [5, 1],
      [6, 9001],
      [7, 1780000060],
      [15, 1780000059990123457n],
    ]);
    reader.read(pbMessage('INTERACT_WORD_V2', twin));
    expect(events).toMatchObject([
      { kind: 'interaction', action: 'enter', viewer: { key: 'u:500008' }, atMs: 1780000060000 },
      { kind: 'interaction', action: 'follow' },
    ]);
  });

  it('of masked people of one second are told apart by nanoseconds', () => {
    const { reader, events, read } = openReader();
    read('INTERACT_WORD/masked', 'INTERACT_WORD/masked-other');
    const twin = proto([
      [2, '测***'],
      [5, 1],
      [7, 1780000060],
      [15, 1780000059990123402n],
    ]);
    reader.read(pbMessage('INTERACT_WORD_V2', twin));
    expect(events).toHaveLength(2);
    expect(events.map((event) => event.id)).toEqual([
      '0:1:1780000060:1780000059990123401',
      '0:1:1780000060:1780000059990123402',
    ]);
  });
});
