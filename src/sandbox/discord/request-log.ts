import type { LoggedRequest } from './shapes.ts';

/** Requests kept; the oldest goes. */
const KEPT_MAX = 20_000;

export interface RequestLog {
  readonly requests: readonly LoggedRequest[];
  add(request: LoggedRequest): void;
  /** Called for each request that is answered; the answer ends it. */
  onRequest(listener: (request: LoggedRequest) => void): () => void;
}

export function createRequestLog(): RequestLog {
  const requests: LoggedRequest[] = [];
  const listeners = new Set<(request: LoggedRequest) => void>();
  return {
    requests,
    add(request) {
      requests.push(request);
      if (requests.length > KEPT_MAX) requests.shift();
      for (const listener of listeners) listener(request);
    },
    onRequest(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
