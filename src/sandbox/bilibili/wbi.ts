import { createHash, timingSafeEqual } from 'node:crypto';
import type { Random } from './random.ts';

/** The order in which Bilibili's page takes the characters of the two keys. */
const ORDER = [
  46, 47, 18, 2, 53, 8, 23, 32, 15, 50, 10, 31, 58, 3, 45, 35, 27, 43, 5, 49, 33, 9, 42, 19, 29, 28, 14, 39,
  12, 38, 41, 13, 37, 48, 7, 16, 24, 55, 40, 61, 26, 17, 0, 1, 60, 51, 30, 4, 22, 25, 54, 21, 56, 59, 6, 63,
  57, 62, 11, 36, 20, 34, 44, 52,
];
/** How far `wts` may be from the server's clock. Bilibili publishes no figure; clients sign at once. */
const SKEW_SECONDS_MAX = 300;

/** The two keys, 32 hex digits each. */
export interface WbiKeys {
  readonly img: string;
  readonly sub: string;
}

export function drawWbiKeys(random: Random): WbiKeys {
  return { img: random.hex(32), sub: random.hex(32) };
}

export function mixWbiKeys({ img, sub }: WbiKeys): string {
  const raw = img + sub;
  return ORDER.map((index) => raw[index] ?? '')
    .join('')
    .slice(0, 32);
}

/** `w_rid` of parameters that include `wts`. */
export function signWbi(params: Iterable<readonly [string, string]>, keys: WbiKeys): string {
  const query = [...params]
    .filter(([name]) => name !== 'w_rid')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value.replace(/[!'()*]/g, ''))}`,
    )
    .join('&');
  return createHash('md5')
    .update(query + mixWbiKeys(keys))
    .digest('hex');
}

/** Why a signed query is refused, or null when it is good. */
export function findWbiFault(query: URLSearchParams, keys: WbiKeys, nowMs: number): string | null {
  const given = query.get('w_rid') ?? '';
  const wts = query.get('wts') ?? '';
  if (!/^[0-9a-f]{32}$/.test(given)) return 'no w_rid';
  if (!/^\d{10}$/.test(wts)) return 'no wts';
  if (Math.abs(Number(wts) - nowMs / 1000) > SKEW_SECONDS_MAX) return 'wts is stale';
  const wanted = signWbi(query, keys);
  return timingSafeEqual(Buffer.from(given), Buffer.from(wanted)) ? null : 'w_rid is wrong';
}
