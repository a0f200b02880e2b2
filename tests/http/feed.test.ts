import { describe, expect, it } from 'vitest';
import { asRoomId, type Gift } from '#src/events.ts';
import { ask, faultOf, ROOM, useServers } from './parts.ts';

const start = useServers();

describe('the live feed', () => {
  it('does not hold a HEAD open', async () => {
    const answer = await ask(await start(), '/api/events', { method: 'HEAD' });
    expect(answer.status).toBe(404);
  });

  it('refuses more listeners than it has room for, and takes one when another leaves', async () => {
    const server = await start();
    const leave: AbortController[] = [];
    const listen = async () => {
      const abort = new AbortController();
      leave.push(abort);
      return fetch(`${server.url}/api/events?room=77`, { signal: abort.signal });
    };
    const answers = await Promise.all(Array.from({ length: 200 }, listen));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const refused = await ask(server, '/api/events');
    expect([refused.status, faultOf(refused.text).code]).toEqual([503, 'too-many-listeners']);
    leave[0]?.abort();
    await expect.poll(async () => (await listen()).status, { timeout: 5_000 }).toBe(200);
    for (const abort of leave) abort.abort();
  });

  it('sends the state at once, then what happens in the chosen room', async () => {
    const server = await start();
    const response = await fetch(`${server.url}/api/events?room=77`);
    const reader = (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const until = async (part: string) => {
      while (!text.includes(part)) text += (await reader.read()).value ?? '';
    };
    await until('event: summary');
    expect(text).toContain('event: room');
    const gift: Gift = {
      kind: 'gift',
      id: 't1',
      room: ROOM.room,
      atMs: 5,
      viewer: { key: 'u:5', uid: 5, name: 'a\nevent: x' },
      giftId: 1,
      name: '小花花',
      count: 2,
      paidMilli: 200,
      worthMilli: 200,
      comboId: null,
      coin: 'gold',
      fromBag: false,
      blindBox: null,
      receiver: null,
    };
    server.bus.publish({ ...gift, room: asRoomId(1), id: 'other' });
    server.bus.publish(gift);
    await until('event: gift');
    await until('\n\n');
    expect(text).not.toContain('"other"');
    expect(text).not.toContain('\nevent: x');
    expect(text).toContain('"valueMilli":200');
    await reader.cancel();
  });
});
