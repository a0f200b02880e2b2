import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findWbiKey, mixWbiKeys, signWbi } from '#src/bilibili/wbi.ts';
import { findShared } from './support.ts';

const MIXIN = mixWbiKeys('7cd084941338484aae1ad9425b84077c', '4932caff0ff746eab6f01bf08b70ac45');

function ridOf(query: string): string | null {
  return new URLSearchParams(query).get('w_rid');
}

describe('the WBI signature', () => {
  it('mixes the keys', () => {
    expect(MIXIN).toBe('ea1db124af3c7062474693fa704f4ff8');
  });

  it('is the published one', () => {
    expect(ridOf(signWbi({ foo: 114, bar: 514, zab: 1919810 }, MIXIN, 1702204169))).toBe(
      '8f6f2b5b3d485fe1886cec6a0be8c5d4',
    );
    const query = signWbi({ id: 1017, type: 0, web_location: '444.8' }, MIXIN, 1748266797);
    expect(query).toBe(
      'id=1017&type=0&web_location=444.8&wts=1748266797&w_rid=cf24f88ea0cbb61e7b29aed0c070187d',
    );
  });

  it('sends values without the characters that it does not sign, spaces as %20', () => {
    expect(signWbi({ q: "it's (a) b*!" }, MIXIN, 1)).toMatch(/^q=its%20a%20b&wts=1&w_rid=[0-9a-f]{32}$/);
  });

  it('takes the keys out of file names only', () => {
    expect(findWbiKey('https://i0.example.invalid/bfs/wbi/7cd084941338484aae1ad9425b84077c.png')).toBe(
      '7cd084941338484aae1ad9425b84077c',
    );
    for (const wrong of ['', 'https://i0.example.invalid/x.png', null, 7])
      expect(findWbiKey(wrong)).toBeNull();
  });

  const shared = findShared();
  it.skipIf(shared === null)(
    `is that of every collected vector${shared === null ? ' (skipped: no ../shared)' : ''}`,
    () => {
      const file = JSON.parse(readFileSync(path.join(shared ?? '', 'wbi-vectors.json'), 'utf8')) as {
        vectors: {
          params: Record<string, string | number>;
          wts: number;
          w_rid: string;
          img_key: string;
          sub_key: string;
          signed_query: string;
        }[];
      };
      // Two vectors had their `mid` replaced in `params` or the query, so that they no longer belong together.
      const whole = file.vectors.filter(
        ({ params, signed_query }) => !('mid' in params) || signed_query.includes(`mid=${params.mid}&`),
      );
      expect(whole.length).toBeGreaterThanOrEqual(6);
      for (const { params, wts, w_rid, img_key, sub_key } of whole) {
        expect(ridOf(signWbi(params, mixWbiKeys(img_key, sub_key), wts))).toBe(w_rid);
      }
    },
  );
});
