/** A sandbox with two quiet rooms and the watchers in them, for the tests of its sockets. */
import { quietRooms } from '#src/sandbox/bilibili/presets.ts';
import {
  type BilibiliSandbox,
  type SandboxOptions,
  startBilibiliSandbox,
} from '#src/sandbox/bilibili/sandbox.ts';
import { type Watcher, watch } from './bilibili-watcher.ts';

export const ROOM = 8_000_001;
export const OTHER = 8_000_002;
export let sandbox: BilibiliSandbox;
export let watchers: Watcher[] = [];

export async function start(options: Partial<SandboxOptions> = {}): Promise<BilibiliSandbox> {
  sandbox = await startBilibiliSandbox({ seed: 1, rooms: quietRooms(2), ...options });
  return sandbox;
}

export async function join(options: Parameters<typeof watch>[2] = {}, roomId = ROOM): Promise<Watcher> {
  const watcher = await watch(sandbox.url, roomId, options);
  watchers.push(watcher);
  return watcher;
}

export const cmds = (watcher: Watcher): unknown[] => watcher.messages.map(({ cmd }) => cmd);
export const sayings = (watcher: Watcher): unknown[] =>
  watcher.messages.filter(({ cmd }) => cmd === 'DANMU_MSG').map(({ info }) => (info as unknown[])[1]);

/** After each test. */
export async function closeStage(): Promise<void> {
  for (const { ws } of watchers) ws.terminate();
  watchers = [];
  await sandbox.close();
}
