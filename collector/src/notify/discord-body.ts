import type { Regression } from '../detect/regression.ts';
import { clip, headline } from './headline.ts';

/** What Discord takes in an embed. */
const TITLE_LENGTH_MAX = 256;
const DESCRIPTION_LENGTH_MAX = 4096;
const FIELD_LENGTH_MAX = 1024;
const RED = 0xd64545;

/** Discord's webhook: `content` for the preview and for clients without embeds, one embed for the facts. */
export function discordBody(regression: Regression): object {
  const facts = [
    ['Service', regression.service],
    ['Environment', regression.environment],
    ['Version', regression.version],
  ] as const;
  return {
    content: escaped(clip(headline(regression), TITLE_LENGTH_MAX)),
    embeds: [
      {
        title: escaped(clip(regression.endpoint, TITLE_LENGTH_MAX / 2)),
        description: escaped(clip(regression.explanation, DESCRIPTION_LENGTH_MAX / 2)),
        color: RED,
        timestamp: regression.windowStart,
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
