/** Discord's limits per route and over all: https://discord.com/developers/docs/topics/rate-limits */

export interface Limit {
  readonly requests: number;
  readonly windowMs: number;
}

const DEFAULT_LIMIT: Limit = { requests: 50, windowMs: 5000 };
/** As observed on Discord; it publishes them by header only. */
const LIMITS: Readonly<Record<string, Limit>> = {
  'POST /channels/{channel_id}/messages': { requests: 5, windowMs: 5000 },
  'PATCH /channels/{channel_id}/messages/{message_id}': { requests: 5, windowMs: 5000 },
  'DELETE /channels/{channel_id}/messages/{message_id}': { requests: 5, windowMs: 1000 },
  'GET /channels/{channel_id}/messages': { requests: 5, windowMs: 5000 },
  'GET /channels/{channel_id}/messages/{message_id}': { requests: 5, windowMs: 5000 },
  'POST /webhooks/{webhook_id}/{webhook_token}': { requests: 5, windowMs: 2000 },
  'PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original': { requests: 5, windowMs: 2000 },
};
const GLOBAL_LIMIT: Limit = { requests: 50, windowMs: 1000 };
/** Buckets kept; the oldest goes. */
const BUCKETS_MAX = 5000;

interface Bucket {
  used: number;
  resetMs: number;
}

export interface Verdict {
  readonly headers: Readonly<Record<string, string>>;
  /** Null: go on. */
  readonly retryAfterMs: number | null;
  readonly isGlobal: boolean;
}

export interface RateLimits {
  /** `major` is the channel, guild or webhook of the path. Interaction answers do not count globally. */
  take(route: string, major: string, isGlobalExempt: boolean): Verdict;
}

export function createRateLimits(now: () => number): RateLimits {
  const buckets = new Map<string, Bucket>();
  const all: Bucket = { used: 0, resetMs: 0 };
  const renewed = (bucket: Bucket, { windowMs }: Limit) => {
    if (now() >= bucket.resetMs) Object.assign(bucket, { used: 0, resetMs: now() + windowMs });
    return bucket;
  };
  return {
    take(route, major, isGlobalExempt) {
      if (!isGlobalExempt && renewed(all, GLOBAL_LIMIT).used >= GLOBAL_LIMIT.requests)
        return refuse(all.resetMs - now(), true, {});
      const limit = LIMITS[route] ?? DEFAULT_LIMIT;
      const key = `${route} ${major}`;
      const bucket = renewed(buckets.get(key) ?? { used: 0, resetMs: 0 }, limit);
      buckets.set(key, bucket);
      if (buckets.size > BUCKETS_MAX) buckets.delete(buckets.keys().next().value ?? '');
      const isOver = bucket.used >= limit.requests;
      if (!isOver) bucket.used += 1;
      const headers = describe(route, limit, bucket, now());
      if (isOver) return refuse(bucket.resetMs - now(), false, headers);
      if (!isGlobalExempt) all.used += 1;
      return { headers, retryAfterMs: null, isGlobal: false };
    },
  };
}

/** The verdict of a 429, also of one that a test asked for. */
export function refuse(waitMs: number, isGlobal: boolean, headers: Verdict['headers']): Verdict {
  const seconds = (Math.max(1, waitMs) / 1000).toFixed(3);
  return {
    retryAfterMs: Math.max(1, waitMs),
    isGlobal,
    headers: {
      ...headers,
      'retry-after': String(Math.ceil(Number(seconds))),
      'x-ratelimit-scope': isGlobal ? 'global' : 'user',
      ...(isGlobal && { 'x-ratelimit-global': 'true' }),
    },
  };
}

function describe(route: string, { requests }: Limit, bucket: Bucket, nowMs: number): Verdict['headers'] {
  return {
    'x-ratelimit-limit': String(requests),
    'x-ratelimit-remaining': String(requests - bucket.used),
    'x-ratelimit-reset': (bucket.resetMs / 1000).toFixed(3),
    'x-ratelimit-reset-after': ((bucket.resetMs - nowMs) / 1000).toFixed(3),
    'x-ratelimit-bucket': Buffer.from(route).toString('base64url').slice(-32),
  };
}
