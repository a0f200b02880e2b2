import { describe, expect, test } from 'vitest';
import type { LiveEvent, SuperChatsDeleted, SuperChatTranslated } from '#src/events.ts';
import {
  danmaku,
  MINUTE,
  openArchiveFile,
  ROOM,
  SECOND,
  superChat,
  T0,
  viewer,
  watch,
} from './archive-fixture.ts';

const chat = superChat({ id: 'sc-1' });
const translated: SuperChatTranslated = {
  kind: 'super-chat-translated',
  id: 'sc-1-jpn',
  room: ROOM,
  atMs: T0,
  superChat: 'sc-1',
  translation: '頑張れ',
};
const deleted: SuperChatsDeleted = {
  kind: 'super-chats-deleted',
  id: 'del-1',
  room: ROOM,
  atMs: T0 + SECOND,
  superChats: ['sc-1', 'sc-of-before'],
};

describe('super chats', () => {
  test.each<[string, LiveEvent[]]>([
    ['in order', [chat, translated, deleted]],
    ['translation first', [translated, chat, deleted]],
    ['removal first', [deleted, translated, chat]],
    ['every one twice', [translated, deleted, chat, chat, deleted, translated]],
    ['the translation in a copy', [chat, { ...chat, translation: '頑張れ' }, deleted]],
  ])('keep their money, translation and removal: %s', (_, events) => {
    const { writer, rows } = openArchiveFile();
    writer.setWatch(watch());
    for (const event of events) writer.commit([event], null);
    expect(rows('SELECT paid_milli, translation, flags FROM payments')).toEqual([
      { paid_milli: 30_000, translation: '頑張れ', flags: 4 },
    ]);
    expect(rows('SELECT super_chats, super_chat_milli FROM minutes')).toEqual([
      { super_chats: 1, super_chat_milli: 30_000 },
    ]);
    const documents = writer.openOutbox(10).map(({ document }) => document);
    expect(documents).toMatchObject([
      {
        type: 'super-chat',
        viewerName: 'viewer 12',
        translation: '頑張れ',
        takenDown: true,
        paidMilli: 30_000,
      },
    ]);
  });

  test('what came early and alone is dropped after a day', () => {
    const { writer, rows } = openArchiveFile();
    writer.commit([deleted], null);
    expect(rows('SELECT * FROM early_super_chats')).toHaveLength(2);
    writer.tick(T0 + 25 * 60 * MINUTE);
    expect(rows('SELECT * FROM early_super_chats')).toEqual([]);
  });
});

describe('danmaku', () => {
  test('a recall flags what the person said in the last half hour, nothing before and nobody else', () => {
    const { writer, rows } = openArchiveFile();
    const at = (minutes: number, uid = 11) => danmaku({ atMs: T0 + minutes * MINUTE, viewer: viewer(uid) });
    const recalled = {
      kind: 'recalled',
      id: 'r',
      room: ROOM,
      atMs: T0 + 60 * MINUTE,
      viewerKey: 'u:11',
    } as const;
    // Said before the recall, by a clock that is ahead of the one that dated the recall.
    const ahead = danmaku({ atMs: T0 + 60 * MINUTE + 3 * SECOND });
    writer.commit([at(0), at(40), at(41, 12), at(60), ahead, recalled, at(61)], null);
    expect(
      rows<{ flags: number }>('SELECT flags FROM danmaku ORDER BY at_ms').map((row) => row.flags),
    ).toEqual([0, 2, 0, 2, 2, 0]);
  });

  test('people: uids as they are, the Open Platform below zero, the last name wins, masked are nobody', () => {
    const { writer, rows } = openArchiveFile();
    const openId = { key: 'o:abc', uid: null, name: '开放' } as const;
    const masked = { key: null, uid: null, name: '雨***' };
    const said = [viewer(11, 'old'), openId, masked, viewer(2 ** 52, 'far'), openId, viewer(11, 'new')];
    writer.commit(
      said.map((who, index) => danmaku({ viewer: who, atMs: T0 + index })),
      null,
    );
    writer.commit([danmaku({ viewer: viewer(11, 'older'), atMs: T0 - 1 })], null);
    expect(rows('SELECT viewer, key, name FROM viewers ORDER BY viewer')).toEqual([
      { viewer: -1, key: 'o:abc', name: '开放' },
      { viewer: 11, key: 'u:11', name: 'new' },
      { viewer: 2 ** 52, key: `u:${2 ** 52}`, name: 'far' },
    ]);
    expect(rows('SELECT viewer, name FROM danmaku WHERE name IS NOT NULL')).toEqual([
      { viewer: 0, name: '雨***' },
    ]);
    expect(rows('SELECT count(*) AS n FROM danmaku WHERE viewer = -1')).toEqual([{ n: 2 }]);
  });

  test('the same person, room and millisecond: the id tells them apart', () => {
    const { writer } = openArchiveFile();
    const [one, two] = [danmaku({ id: '1' }), danmaku({ id: '2' })];
    expect(writer.commit([one, two, one], null)).toEqual({ inserted: 2, repeated: 1 });
  });
});
