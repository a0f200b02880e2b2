import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HAS_DISCORD_SCHEMA } from '../support/discord-schema.ts';
import { findFaults, openStage, type Stage } from './stage.ts';

interface Sent {
  readonly name: string;
  readonly contexts?: readonly number[];
  readonly default_member_permissions?: string;
  readonly options?: readonly { name: string; required?: boolean; options?: { name: string }[] }[];
}

describe('what Discord is told of the commands', () => {
  let stage: Stage;
  let sent: readonly Sent[];
  beforeAll(async () => {
    stage = await openStage({ guildId: null });
    await stage.commands.register();
    sent = stage.loopback.requests.find(({ method }) => method === 'PUT')?.body as unknown as Sent[];
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  it('has the options of the contract, and Manage Server where it says so', () => {
    const shape = sent.map(({ name, options = [], default_member_permissions }) => {
      const names = options.map((option) => {
        const inner = option.options?.map((sub) => sub.name).join(' ') ?? '';
        return option.options ? `${option.name}(${inner})` : option.name + (option.required ? '' : '?');
      });
      return `${name}${default_member_permissions === '32' ? '*' : ''}: ${names.join(' ')}`;
    });
    expect(shape).toMatchInlineSnapshot(`
      [
        "chart: room metric period?",
        "help: ",
        "history: room",
        "report*: add(room every channel) list? remove(report)",
        "rooms: ",
        "search: room text user? period?",
        "settings*: language? time-zone? money? money-role?",
        "stats: room period?",
        "status: ",
        "top-gifters: room period? limit?",
        "unwatch*: room channel?",
        "watch*: room channel? gift-min? role?",
      ]
    `);
  });

  it('keeps every command inside servers', () => {
    expect(sent.filter(({ contexts }) => contexts?.join() !== '0')).toEqual([]);
  });

  it.skipIf(!HAS_DISCORD_SCHEMA)("is valid by Discord's description (skipped where it is absent)", () => {
    expect(stage.loopback.requests.flatMap(findFaults)).toEqual([]);
    const put = stage.loopback.requests.find(({ method }) => method === 'PUT');
    const bad = [{ ...sent[0], description: 'x'.repeat(101) }] as unknown as Record<string, unknown>;
    expect(put && findFaults({ ...put, body: bad })).toEqual([expect.stringContaining('/description')]);
  });
});
