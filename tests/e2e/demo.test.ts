/** `npm run demo` as a newcomer types it: two pages, alerts within ten seconds, and nothing left over. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually, temporaryFolder } from '../support/bot.ts';

const START_MS_MAX = 90_000;
let running: ChildProcess | null = null;

afterEach(() => {
  if (running?.pid !== undefined && running.exitCode === null) process.kill(-running.pid, 'SIGKILL');
});

interface Demo {
  readonly child: ChildProcess;
  readonly exit: Promise<number | null>;
  readonly printed: () => string;
}

/** In a process group of its own, as a terminal makes one. */
function runDemo(temporary: string): Demo {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn('npm', ['run', 'demo'], {
    env: { PATH, HOME, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  running = child;
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      printed += chunk;
    });
  const exit = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
  return { child, exit, printed: () => printed };
}

/** Command lines of the processes in the group. */
function findGroup(pgid: number): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const [state = '', , group = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return Number(group) === pgid && state !== 'Z' ? [readFileSync(`/proc/${pid}/cmdline`, 'utf8')] : [];
      } catch {
        return [];
      }
    });
}

interface Shown {
  readonly embeds: readonly object[];
  readonly author: { readonly bot?: boolean };
}

async function readPages(demo: Demo): Promise<{ discord: string; page: string }> {
  return eventually(async () => {
    const discord = /Discord, as people see it\s+(http:\S+)/.exec(demo.printed())?.[1];
    const page = /Livelark's own page\s+(http:\S+)/.exec(demo.printed())?.[1];
    return discord !== undefined && page !== undefined && { discord, page };
  }, START_MS_MAX);
}

async function findAlerts(discord: string): Promise<readonly Shown[]> {
  const state = (await (await fetch(`${discord}page/state`)).json()) as {
    guilds: { channels: { id: string; name: string }[] }[];
  };
  const channel = state.guilds[0]?.channels.find(({ name }) => name === 'live-alerts');
  const response = await fetch(`${discord}page/channels/${channel?.id}/messages`);
  return ((await response.json()) as Shown[]).filter(({ author }) => author.bot === true);
}

describe.runIf(process.platform === 'linux')('npm run demo', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'shows the whole product, and %s ends it cleanly',
    async (signal) => {
      using temporary = temporaryFolder();
      const home = path.join(temporary.path, 'tmp');
      mkdirSync(home);
      const demo = runDemo(home);
      const pid = demo.child.pid ?? 0;
      const { discord, page } = await readPages(demo);
      expect(await (await fetch(discord)).text()).toContain('Discord stand-in');
      expect(await (await fetch(page)).text()).toContain('Livelark');
      const alerts = await eventually(async () => {
        const shown = await findAlerts(discord);
        return shown.length >= 4 && shown;
      });
      const text = JSON.stringify(alerts);
      expect(text).toContain('¥');
      expect(text).toContain('月见团子Dango');
      const { items } = (await (await fetch(`${page}/api/rooms`)).json()) as {
        items: { connection: string }[];
      };
      expect(items).toHaveLength(5);
      expect(readdirSync(home).filter((name) => name.startsWith('livelark-demo-'))).toHaveLength(1);
      expect(findGroup(pid).length).toBeGreaterThanOrEqual(2);

      // Ctrl-C reaches the whole group; a service manager signals npm alone.
      process.kill(signal === 'SIGINT' ? -pid : pid, signal);
      expect(await demo.exit, demo.printed()).toBe(0);
      expect(demo.printed()).not.toContain('    at ');
      expect(readdirSync(home).filter((name) => name.startsWith('livelark-demo-'))).toEqual([]);
      expect(findGroup(pid)).toEqual([]);
      await expect(fetch(page)).rejects.toThrow();
      await expect(fetch(discord)).rejects.toThrow();
    },
  );
});
