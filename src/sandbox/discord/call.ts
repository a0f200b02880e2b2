import type { Interactions } from './interactions.ts';
import type { UploadedFile } from './message-form.ts';
import type { World } from './world.ts';

/** One request to the REST API, checked and read, on its way to the route's own code. */
export interface Call {
  readonly world: World;
  readonly interactions: Interactions;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly files: readonly UploadedFile[];
  readonly nonces: Nonces;
}

/** What a route answers; 204 has no body. Faults are thrown. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** In the words of Discord's description: `/channels/{channel_id}`. */
  readonly path: string;
  /** False where the path holds the secret (interactions, webhooks). */
  readonly needsToken?: boolean;
  readonly run: (call: Call) => Answer;
}

/** Which message a nonce made, for the minutes that Discord remembers it. */
export interface Nonces {
  find(channelId: string, nonce: string): string | null;
  put(channelId: string, nonce: string, messageId: string): void;
}

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const NO_CONTENT: Answer = { status: 204 };

const NONCE_LIFE_MS = 5 * 60_000;
const NONCES_MAX = 10_000;

export function createNonces(now: () => number): Nonces {
  const known = new Map<string, { messageId: string; atMs: number }>();
  return {
    find(channelId, nonce) {
      const found = known.get(`${channelId} ${nonce}`);
      return found && now() - found.atMs < NONCE_LIFE_MS ? found.messageId : null;
    },
    put(channelId, nonce, messageId) {
      known.set(`${channelId} ${nonce}`, { messageId, atMs: now() });
      if (known.size > NONCES_MAX) known.delete(known.keys().next().value ?? '');
    },
  };
}
