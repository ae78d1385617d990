import { clip, details, headline } from './headline.ts';
import { distinctEndpoints, type Notification } from './notification.ts';

/** What Discord takes in an embed. */
const TITLE_LENGTH_MAX = 256;
const DESCRIPTION_LENGTH_MAX = 4096;
const FIELD_LENGTH_MAX = 1024;
const RED = 0xd64545;
const GREEN = 0x3f9b5c;

/** Discord's webhook: `content` for the preview and for clients without embeds, one embed for the facts. */
export function discordBody(notification: Notification): object {
  const { change, service, environment, version, regressions } = notification;
  const endpoints = distinctEndpoints(regressions);
  const title = endpoints.length === 1 ? endpoints[0]!.endpoint : `${endpoints.length} endpoints`;
  const facts = [
    ['Service', service],
    ['Environment', environment],
    ['Version', version],
  ] as const;
  return {
    content: escaped(clip(headline(notification), TITLE_LENGTH_MAX)),
    embeds: [
      {
        title: escaped(clip(title, TITLE_LENGTH_MAX / 2)),
        description: escaped(clip(details(notification), DESCRIPTION_LENGTH_MAX / 2)),
        color: change === 'firing' ? RED : GREEN,
        timestamp: regressions[0]!.windowStart,
        fields: facts
          .filter(([, value]) => value !== '')
          .map(([name, value]) => ({ name, value: escaped(clip(value, FIELD_LENGTH_MAX / 2)), inline: true })),
      },
    ],
    // Whatever a route or a version is called, it pings nobody.
    allowed_mentions: { parse: [] },
  };
}

/** Markdown taken literally. At worst it doubles the length, which is why texts are cut to half of what is taken. */
function escaped(text: string): string {
  return text.replace(/[\\*_~`|>#[\]]/g, '\\$&');
}
