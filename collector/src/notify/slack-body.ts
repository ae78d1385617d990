import { clip, details, headline } from './headline.ts';
import type { Notification } from './notification.ts';

/** What Slack takes in a header block, and in any other text. */
const HEADER_LENGTH_MAX = 150;
const TEXT_LENGTH_MAX = 3000;

/**
 * Slack's incoming webhook: `text` is the notification's preview, `blocks` the message. Routes and versions come from
 * the apps, so the blocks are plain text: nothing in them can mention a channel or become a link.
 */
export function slackBody(notification: Notification): object {
  const { environment, version, regressions } = notification;
  const { windowMinutes, windowStart } = regressions[0]!;
  const facts = [
    environment && `environment ${environment}`,
    version && `version ${version}`,
    `window of ${windowMinutes} min from ${windowStart}`,
  ];
  return {
    text: escaped(clip(headline(notification), TEXT_LENGTH_MAX)),
    blocks: [
      { type: 'header', text: plainText(headline(notification), HEADER_LENGTH_MAX) },
      { type: 'section', text: plainText(details(notification), TEXT_LENGTH_MAX) },
      { type: 'context', elements: [plainText(facts.filter(Boolean).join(' · '), TEXT_LENGTH_MAX)] },
    ],
  };
}

function plainText(text: string, lengthMax: number): object {
  return { type: 'plain_text', text: clip(text, lengthMax), emoji: false };
}

/** The three characters that Slack gives a meaning to in `text`. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
