import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Who may ask, as for the collector's other port: this machine, and with a password those who know it. */
export interface Access {
  /** Names by which a request may call this machine, beside the loopback ones; `any` where a password is asked for. */
  readonly hosts: readonly string[] | 'any';
  /** Asked of everybody, whatever the name of the user. */
  readonly password: string | undefined;
}

/** `host.docker.internal` is this machine as Docker calls it from within a container; no site can have that name. */
const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]', 'host.docker.internal'];

/**
 * A page of any site may send a browser's request to a port of this machine, under a name that it makes resolve to
 * 127.0.0.1: such a request is known by its `Host`, or by the `Origin` or `Sec-Fetch-Site` that the browser adds.
 */
export function isForeign({ headers }: IncomingMessage, { hosts }: Access): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'none' && site !== 'same-origin') return true;
  const { host, origin } = headers;
  if (hosts === 'any') return origin !== undefined && authorityOf(origin) !== host;
  const isOwn = (authority: string) => [...LOOPBACK_NAMES, ...hosts].includes(nameOf(authority));
  if (host !== undefined && !isOwn(`http://${host}`)) return true;
  return origin !== undefined && !isOwn(origin);
}

const nameOf = (url: string) => (URL.canParse(url) ? new URL(url).hostname : url);
const authorityOf = (url: string) => (URL.canParse(url) ? new URL(url).host : url);

/** By any of the ways that ClickHouse's own interface has for a password, or as a bearer token. */
export function isAllowed({ headers }: IncomingMessage, search: URLSearchParams, { password }: Access): boolean {
  if (password === undefined) return true;
  const given = [headers['x-clickhouse-key'], search.get('password'), passwordOf(headers.authorization)];
  return given.some((text) => typeof text === 'string' && timingSafeEqual(digest(text), digest(password)));
}

function passwordOf(authorization: string | undefined): string | undefined {
  const [, scheme, value] = /^(\w+) +(\S+)$/.exec(authorization ?? '') ?? [];
  if (scheme?.toLowerCase() === 'bearer') return value;
  if (scheme?.toLowerCase() !== 'basic') return undefined;
  const pair = Buffer.from(value!, 'base64').toString('utf8');
  return pair.slice(pair.indexOf(':') + 1);
}

const digest = (text: string) => createHash('sha256').update(text).digest();
