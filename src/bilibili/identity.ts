/** Who we are to Bilibili: an account's cookies or an anonymous browser's buvid3, and the keys that sign for it. */
import { ApiError } from '#src/lib/errors.ts';
import type { Log } from '#src/lib/log.ts';
import { isFields, readCount } from './fields.ts';
import { CODE, type HttpClient } from './http-client.ts';
import { findWbiKey, mixWbiKeys } from './wbi.ts';

/** What a cookie may hold without breaking the header. */
const COOKIE_VALUE = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{1,300}$/;

export interface Identity {
  readonly buvid3: string;
  /** The whole Cookie header. */
  readonly cookie: string;
  /** The account that fetches tokens; 0 when anonymous. */
  readonly uid: number;
  readonly mixinKey: string;
}

interface Keys {
  readonly uid: number;
  readonly mixinKey: string;
  readonly atMs: number;
}

interface IdentitySourceOptions {
  readonly client: HttpClient;
  /** The operator's cookies, or null. */
  readonly cookie: string | null;
  readonly keysAgeMaxMs: number;
  readonly keysDoubtMs: number;
  readonly now: () => number;
  readonly log: Log;
}

function findCookie(cookies: string | null, name: string): string | null {
  for (const part of (cookies ?? '').split(';')) {
    const [key, ...rest] = part.trim().split('=');
    if (key === name && rest.length > 0) return rest.join('=');
  }
  return null;
}

export class IdentitySource {
  readonly #options: IdentitySourceOptions;
  #buvid3: string | null;
  #keys: Keys | null = null;
  #pending: Promise<Identity> | null = null;

  constructor(options: IdentitySourceOptions) {
    this.#options = options;
    this.#buvid3 = findCookie(options.cookie, 'buvid3') || null;
  }

  /** The identity, fetched where it is not known or its keys are too old. Throws ApiError. */
  get(): Promise<Identity> {
    this.#pending ??= this.#fetch().finally(() => {
      this.#pending = null;
    });
    return this.#pending;
  }

  /** The keys are fetched anew next time. */
  dropKeys(): void {
    this.#keys = null;
  }

  /** Tokens are refused: perhaps the account is logged out. Its keys are fetched anew unless they are young. */
  doubt(): void {
    const { keysDoubtMs, now } = this.#options;
    if (this.#keys !== null && Math.abs(now() - this.#keys.atMs) >= keysDoubtMs) this.#keys = null;
  }

  /** So is an anonymous buvid3. */
  drop(): void {
    this.#keys = null;
    if (!findCookie(this.#options.cookie, 'buvid3')) this.#buvid3 = null;
  }

  /** The cookie of calls that need no account; null before there is one. */
  plainCookie(): string | null {
    return this.#buvid3 === null ? null : `buvid3=${this.#buvid3}`;
  }

  async #fetch(): Promise<Identity> {
    const { cookie: own, keysAgeMaxMs, now } = this.#options;
    this.#buvid3 ??= await this.#fetchBuvid3();
    const buvid3 = this.#buvid3;
    const rest = (own ?? '').trim().replace(/;+\s*$/, '');
    const cookie =
      rest === '' ? `buvid3=${buvid3}` : findCookie(own, 'buvid3') ? rest : `buvid3=${buvid3}; ${rest}`;
    const ageMs = this.#keys === null ? Number.POSITIVE_INFINITY : Math.abs(now() - this.#keys.atMs);
    if (this.#keys === null || ageMs > keysAgeMaxMs) this.#keys = await this.#fetchKeys(cookie);
    return { buvid3, cookie, uid: this.#keys.uid, mixinKey: this.#keys.mixinKey };
  }

  async #fetchBuvid3(): Promise<string> {
    const { data } = await this.#options.client.get({ path: '/x/frontend/finger/spi' });
    const buvid3 = isFields(data) ? data.b_3 : null;
    if (typeof buvid3 !== 'string' || !COOKIE_VALUE.test(buvid3)) {
      throw new ApiError('finger/spi told no buvid3', 0, 200);
    }
    return buvid3;
  }

  /** nav tells the keys also to those who are not logged in, with code -101. */
  async #fetchKeys(cookie: string): Promise<Keys> {
    const { client, now, log } = this.#options;
    const { data } = await client.get({ path: '/x/web-interface/nav', cookie, accept: [CODE.notLoggedIn] });
    const image = isFields(data) && isFields(data.wbi_img) ? data.wbi_img : {};
    const [imgKey, subKey] = [findWbiKey(image.img_url), findWbiKey(image.sub_url)];
    if (imgKey === null || subKey === null) throw new ApiError('nav told no keys', 0, 200);
    const uid = isFields(data) && data.isLogin === true ? readCount(data.mid) : 0;
    if (uid === 0 && findCookie(this.#options.cookie, 'SESSDATA')) {
      log.warn('the cookie is not logged in any more: names will be masked until it is renewed');
    }
    return { uid, mixinKey: mixWbiKeys(imgKey, subKey), atMs: now() };
  }
}
