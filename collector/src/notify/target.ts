/**
 * Where notifications go. A webhook URL is a secret, so a target is known outside this file by an id, which is a hash of
 * the URL, and by a label, which is its host; neither logs nor tables see more.
 *
 * Slack's and Discord's hosts get their own shapes. For a receiver at another host that understands one of them (a
 * Mattermost server, a proxy) the URL's fragment says which: `https://chat.example.com/hooks/x#slack`, or `#discord`, or
 * `#json`. The fragment is never sent.
 */
import { createHash } from 'node:crypto';

export type Shape = 'json' | 'slack' | 'discord';

export interface Target {
  /** 16 hex digits of the SHA-256 of the URL as configured. */
  readonly id: string;
  readonly label: string;
  readonly shape: Shape;
  /** Without fragment and credentials. */
  readonly url: string;
  /** Credentials of the URL, as a Basic `Authorization` header; else empty. */
  readonly headers: Readonly<Record<string, string>>;
}

const SHAPES: Readonly<Record<string, Shape>> = { '#slack': 'slack', '#discord': 'discord', '#json': 'json' };
const SLACK_HOSTS = new Set(['hooks.slack.com', 'hooks.slack-gov.com']);
const DISCORD_HOSTS = new Set(['discord.com', 'discordapp.com', 'ptb.discord.com', 'canary.discord.com']);

/** @throws {TypeError} when the text is not a URL; the message does not repeat it. */
export function parseTarget(webhookUrl: string): Target {
  if (!URL.canParse(webhookUrl)) throw new TypeError('a webhook URL is not valid');
  const url = new URL(webhookUrl);
  const shape = SHAPES[url.hash] ?? shapeOfHost(url);
  const headers: Record<string, string> = {};
  if (url.username !== '' || url.password !== '') {
    const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers.authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
  }
  url.hash = '';
  url.username = '';
  url.password = '';
  const id = createHash('sha256').update(webhookUrl).digest('hex').slice(0, 16);
  return { id, label: url.host, shape, url: url.href, headers };
}

function shapeOfHost(url: URL): Shape {
  if (SLACK_HOSTS.has(url.hostname)) return 'slack';
  if (!DISCORD_HOSTS.has(url.hostname) || !/^\/api\/(v\d+\/)?webhooks\//.test(url.pathname)) return 'json';
  // Discord itself takes Slack's shape at this path.
  return url.pathname.endsWith('/slack') ? 'slack' : 'discord';
}
