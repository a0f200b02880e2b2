/** Who may ask: Host and Origin (DNS rebinding, cross-site requests), then the admin token or its cookie. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { HttpFault } from '#src/http/fault.ts';
import { isLoopbackHost } from '#src/lib/host.ts';

export const COOKIE = 'livelark_session';
export const LOGIN_PATH = '/login';
export const SESSION_MS = 30 * 86_400_000;
/** Answered without the token: liveness probes, and the login itself. */
const OPEN_PATHS = new Set(['/healthz', '/readyz', LOGIN_PATH]);

export interface Guard {
  readonly needsToken: boolean;
  isToken(token: string): boolean;
  /** A cookie value that is good for 30 days and only with this token. */
  issueCookie(nowMs: number): string;
  /** Throws HttpFault 403 or 401. */
  check(request: FastifyRequest, nowMs: number): void;
}

function equals(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}

function hostName(hostHeader: string): string | null {
  const url = `http://${hostHeader}`;
  return URL.canParse(url) ? new URL(url).hostname : null;
}

const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.]+\])$/i;

/** `host` is where the server listens; `publicUrl` is where people reach it. */
export function openGuard(options: {
  adminToken: string | null;
  host: string;
  publicUrl: string | null;
}): Guard {
  const { adminToken } = options;
  const publicHost = options.publicUrl === null ? null : new URL(options.publicUrl).hostname;
  const sign = (expiry: number) =>
    createHmac('sha256', `livelark:${adminToken}`).update(String(expiry)).digest('base64url');

  const isCookie = (cookie: string, nowMs: number) => {
    const [expiry = '', signature = ''] = cookie.split('.');
    return /^\d{1,16}$/.test(expiry) && Number(expiry) > nowMs && equals(signature, sign(Number(expiry)));
  };

  // A name that resolves to this machine is an attack unless the operator named it; an address cannot be rebound.
  const isKnownHost = (name: string) =>
    isLoopbackHost(name) ||
    name === publicHost ||
    name === options.host ||
    (adminToken !== null && ADDRESS.test(name));

  return {
    needsToken: adminToken !== null,
    isToken: (token) => adminToken !== null && equals(token, adminToken),
    issueCookie: (nowMs) => `${nowMs + SESSION_MS}.${sign(nowMs + SESSION_MS)}`,
    check(request, nowMs) {
      const name = hostName(request.headers.host ?? '');
      if (name === null || !isKnownHost(name)) {
        throw new HttpFault(
          403,
          'host-refused',
          'This host name is not known here; set PUBLIC_URL to the address that people use.',
        );
      }
      const { origin } = request.headers;
      if (
        origin !== undefined &&
        origin !== `http://${request.headers.host}` &&
        origin !== `https://${request.headers.host}`
      ) {
        throw new HttpFault(403, 'origin-refused', 'Requests from other sites are refused.');
      }
      const path = request.url.split('?', 1)[0] ?? '';
      if (adminToken === null || OPEN_PATHS.has(path)) return;
      const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
      if (bearer !== undefined && equals(bearer, adminToken)) return;
      const cookie = request.cookies[COOKIE];
      if (cookie !== undefined && isCookie(cookie, nowMs)) return;
      throw new HttpFault(
        401,
        'unauthorized',
        'Send Authorization: Bearer ADMIN_TOKEN, or log in on the page.',
      );
    },
  };
}
