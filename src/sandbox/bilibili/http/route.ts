import type { Account, World } from '../world.ts';

/** One call, read. */
export interface Call {
  readonly world: World;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly userAgent: string;
  readonly cookies: ReadonlyMap<string, string>;
  /** Null for an anonymous caller. */
  readonly account: Account | null;
  readonly body: Buffer;
}

export interface Answer {
  readonly status?: number;
  /** Sent as JSON unless `type` says what it is. */
  readonly body: unknown;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** For the log of requests. */
  readonly fault?: string;
}

export type Route = (call: Call) => Answer;

/** The older interfaces' envelope. */
export function oldOk(data: unknown): Answer {
  return { body: { code: 0, msg: 'ok', message: 'ok', data } };
}

/** The newer interfaces' envelope. */
export function ok(data: unknown): Answer {
  return { body: { code: 0, message: '0', ttl: 1, data } };
}

export function refuse(code: number, message: string, fault = message): Answer {
  return { body: { code, message, ttl: 1 }, fault };
}

/** A positive whole number of the query, or null. */
export function findNumber(query: URLSearchParams, name: string): number | null {
  const text = query.get(name) ?? '';
  const value = Number(text);
  return /^\d+$/.test(text) && Number.isSafeInteger(value) ? value : null;
}

/** "YYYY-MM-DD HH:mm:ss" in China's time; zeros when not live. */
export function chinaTime(second: number): string {
  if (second === 0) return '0000-00-00 00:00:00';
  return new Date((second + 8 * 3600) * 1000).toISOString().slice(0, 19).replace('T', ' ');
}
