/** What a test needs of the machine: absent, it is skipped and says so; required by LIVELARK_REQUIRE, it fails. */
import { existsSync } from 'node:fs';
import net from 'node:net';

export type Need = 'redis' | 'chromium' | 'shared';

const CHROMIUM_PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The system's Chromium, or null. */
export function findChromium(): string | null {
  return CHROMIUM_PATHS.find((file) => existsSync(file)) ?? null;
}

async function answersOn(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = net.connect({ host: '127.0.0.1', port, timeout: 1_000 });
  socket.on('connect', () => resolve(true));
  socket.on('error', () => resolve(false));
  socket.on('timeout', () => resolve(false));
  const answer = await promise;
  socket.destroy();
  return answer;
}

async function isHere(need: Need): Promise<boolean> {
  if (need === 'chromium') return findChromium() !== null;
  return need === 'redis' ? answersOn(6379) : existsSync('../shared');
}

/** Null when the need is met, else why the test is skipped. Throws when LIVELARK_REQUIRE names it. */
export async function skipReason(need: Need): Promise<string | null> {
  if (await isHere(need)) return null;
  const required = (process.env.LIVELARK_REQUIRE ?? '').split(',').map((name) => name.trim());
  if (required.includes(need)) throw new Error(`LIVELARK_REQUIRE names ${need}, and it is not here`);
  return `${need} is not here`;
}
