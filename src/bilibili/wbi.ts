/** The WBI signature of Bilibili's web API. */
import { hash } from 'node:crypto';

const ORDER = [
  46, 47, 18, 2, 53, 8, 23, 32, 15, 50, 10, 31, 58, 3, 45, 35, 27, 43, 5, 49, 33, 9, 42, 19, 29, 28, 14, 39,
  12, 38, 41, 13, 37, 48, 7, 16, 24, 55, 40, 61, 26, 17, 0, 1, 60, 51, 30, 4, 22, 25, 54, 21, 56, 59, 6, 63,
  57, 62, 11, 36, 20, 34, 44, 52,
];
const MIXIN_LENGTH = 32;
const KEY = /^[0-9a-zA-Z]{32}$/;

/** The key inside one of nav's two URLs: its file name without extension (the URL itself is never fetched). Null when it is none. */
export function findWbiKey(url: unknown): string | null {
  if (typeof url !== 'string') return null;
  const name = url.slice(url.lastIndexOf('/') + 1).replace(/\..*$/, '');
  return KEY.test(name) ? name : null;
}

export function mixWbiKeys(imgKey: string, subKey: string): string {
  const raw = imgKey + subKey;
  return ORDER.map((index) => raw[index] ?? '')
    .join('')
    .slice(0, MIXIN_LENGTH);
}

/** The query to send: the parameters, sorted and with `!'()*` taken out of the values, `wts` and `w_rid`. */
export function signWbi(
  params: Readonly<Record<string, string | number>>,
  mixinKey: string,
  wtsSeconds: number,
): string {
  const all: Record<string, string | number> = { ...params, wts: wtsSeconds };
  const query = Object.keys(all)
    .sort()
    .map((key) => {
      const value = String(all[key]).replace(/[!'()*]/g, '');
      return `${encodeURIComponent(key)}=${encodeURIComponent(value)}`;
    })
    .join('&');
  return `${query}&w_rid=${hash('md5', query + mixinKey)}`;
}
