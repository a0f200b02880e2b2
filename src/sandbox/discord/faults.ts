/** What a test asks to go wrong, and the count of what did. */

export type Injected =
  | { readonly kind: 'rate-limit'; readonly retryAfterMs: number }
  | { readonly kind: 'error'; readonly status: number; readonly code: number; readonly message: string };

export interface Faults {
  /** `cut`: connections are broken without an answer; `unavailable`: 503. */
  away: 'cut' | 'unavailable' | null;
  /** The next `times` requests whose `METHOD /template` contains `route` go wrong. */
  add(route: string, times: number, injected: Injected): void;
  /** The fault that waits for this request, used up. */
  take(route: string): Injected | null;
  countRateLimited(isInjected: boolean): void;
  /** 429s given: by the limits, and asked for by a test. */
  readonly rateLimited: { readonly own: number; readonly injected: number };
}

export function createFaults(): Faults {
  const waiting: { route: string; times: number; injected: Injected }[] = [];
  const rateLimited = { own: 0, injected: 0 };
  return {
    away: null,
    rateLimited,
    add(route, times, injected) {
      waiting.push({ route, times, injected });
    },
    take(route) {
      const at = waiting.findIndex((entry) => route.includes(entry.route));
      const entry = waiting[at];
      if (!entry) return null;
      entry.times -= 1;
      if (entry.times <= 0) waiting.splice(at, 1);
      return entry.injected;
    },
    countRateLimited(isInjected) {
      rateLimited[isInjected ? 'injected' : 'own'] += 1;
    },
  };
}
