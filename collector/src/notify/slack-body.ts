import type { Regression } from '../detect/regression.ts';
import { clip, headline } from './headline.ts';

/** What Slack takes in a header block, and in any other text. */
const HEADER_LENGTH_MAX = 150;
const TEXT_LENGTH_MAX = 3000;

/**
 * Slack's incoming webhook: `text` is the notification's preview, `blocks` the message. Routes and versions come from
 * the apps, so the blocks are plain text: nothing in them can mention a channel or become a link.
 */
export function slackBody(regression: Regression): object {
  const { environment, version, windowMinutes, windowStart } = regression;
  const facts = [
    environment && `environment ${environment}`,
    version && `version ${version}`,
    `window of ${windowMinutes} min from ${windowStart}`,
  ];
  return {
    text: escaped(clip(headline(regression), TEXT_LENGTH_MAX)),
    blocks: [
      { type: 'header', text: plainText(headline(regression), HEADER_LENGTH_MAX) },
      { type: 'section', text: plainText(regression.explanation, TEXT_LENGTH_MAX) },
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
