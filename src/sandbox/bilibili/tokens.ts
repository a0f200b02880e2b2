import { randomBytes } from 'node:crypto';

/** What a getDanmuInfo token is bound to. */
export interface TokenGrant {
  readonly roomId: number;
  /** The account that asked; 0 without one. */
  readonly uid: number;
  readonly buvid: string;
  readonly issuedMs: number;
}

/** Tokens beyond this are forgotten, oldest first. */
const TOKENS_MAX = 50_000;

export interface TokenBook {
  issue(grant: TokenGrant): string;
  /** Null for a token that was never given out, or is too old. */
  find(token: string, nowMs: number): TokenGrant | null;
  expireAll(): void;
}

/** @param tokenMsMax How long a token is good. */
export function openTokenBook(tokenMsMax: number): TokenBook {
  const grants = new Map<string, TokenGrant>();
  return {
    issue(grant) {
      const token = randomBytes(120).toString('base64');
      grants.set(token, grant);
      if (grants.size > TOKENS_MAX) grants.delete(grants.keys().next().value ?? '');
      return token;
    },
    find(token, nowMs) {
      const grant = grants.get(token);
      return grant === undefined || nowMs - grant.issuedMs > tokenMsMax ? null : grant;
    },
    expireAll: () => grants.clear(),
  };
}
