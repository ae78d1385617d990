/**
 * Who may ask. Three doors, each for every route:
 *
 * - `Host` must be a name of this machine's loopback or the address that we are bound to, so that a page of another site
 *   cannot reach us by pointing its own name at 127.0.0.1 (DNS rebinding).
 * - `Origin`, which a browser sends, must be our own: other sites' pages can neither read nor write.
 * - With a token set, `Authorization: Bearer TOKEN`, or the cookie that `/?token=TOKEN` gives a browser. Only `/healthz`
 *   and `/readyz` need none.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { ApiError } from './types.ts';

export interface GuardOptions {
  /** Address that we are bound to. */
  readonly host: string;
  readonly authToken: string | undefined;
}

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];
const COOKIE = 'profiler_session';
const COOKIE_SECONDS_MAX = 30 * 86_400;
const OPEN_PATHS = ['/healthz', '/readyz'];

export function guard({ host, authToken }: GuardOptions): MiddlewareHandler {
  const names = new Set([...LOOPBACK_NAMES, host.toLowerCase(), `[${host.toLowerCase()}]`]);
  // Bound to every address we cannot know the names others use; there a token is demanded, which a rebound page lacks.
  const anyName = host === '0.0.0.0' || host === '::';
  const tokenDigest = authToken === undefined ? undefined : digest(authToken);
  const session = authToken === undefined ? '' : digest(`session ${authToken}`).toString('hex');

  return async (c, next) => {
    const address = c.req.header('host')?.toLowerCase() ?? '';
    if (!anyName && !names.has(address.replace(/:\d*$/, ''))) {
      return refused(c, `Host ${shown(address)} is not this collector's; ask for ${[...LOOPBACK_NAMES][0]} or ${host}`);
    }
    const origin = c.req.header('origin');
    if (origin !== undefined && !isOwnOrigin(origin, address)) {
      return refused(c, `Origin ${shown(origin)} is not this collector's own`);
    }
    if (tokenDigest === undefined || OPEN_PATHS.includes(c.req.path)) return next();
    const given = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    if (given !== undefined && timingSafeEqual(digest(given), tokenDigest)) return next();
    const cookie = getCookie(c, COOKIE);
    if (cookie !== undefined && timingSafeEqual(digest(cookie), digest(session))) return next();
    const url = new URL(c.req.url);
    const token = url.searchParams.get('token');
    if (c.req.method === 'GET' && token !== null && timingSafeEqual(digest(token), tokenDigest)) {
      setCookie(c, COOKIE, session, { httpOnly: true, sameSite: 'Strict', path: '/', maxAge: COOKIE_SECONDS_MAX });
      url.searchParams.delete('token');
      return c.redirect(url.pathname.replace(/^\/+/, '/') + url.search);
    }
    return c.json<ApiError>(
      {
        error: 'this collector asks for a token: Authorization: Bearer TOKEN, or open /?token=TOKEN in a browser once',
      },
      401,
      { 'WWW-Authenticate': 'Bearer' },
    );
  };
}

/** Scheme aside, which a proxy in front may change. */
function isOwnOrigin(origin: string, address: string): boolean {
  const match = /^https?:\/\/([^/]+)$/i.exec(origin);
  return match !== null && match[1]!.toLowerCase() === address;
}

function refused(c: Context, error: string) {
  return c.json<ApiError>({ error }, 403);
}

/** Quoted, and cut: it comes from outside. */
function shown(value: string): string {
  return JSON.stringify(value.slice(0, 200));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
