import { describe, expect, it } from 'vitest';
import { discordBody } from './discord-body.ts';
import { genericBody } from './generic-body.ts';
import { clip, headline } from './headline.ts';
import { slackBody } from './slack-body.ts';
import { testNotification } from './test-regression.ts';

const slower = testNotification();
const failing = testNotification({ kind: 'error_rate', baseline: 0.0204081, current: 0.25, change: 0.2295919 });
const hostile = testNotification({
  route: '/<!channel>&*_`~|[x](http://evil)@everyone',
  endpoint: 'GET /<!channel>&*_`~|[x](http://evil)@everyone',
  version: '@here',
});

/** Every text in a body, wherever it stands. */
function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
}

describe('the generic body', () => {
  it('begins with the fields of the Django profiler, for response time', () => {
    expect(Object.entries(genericBody(slower)).slice(0, 4)).toEqual([
      ['type', 'response_time'],
      ['route', '/orders'],
      ['previous_avg_ms', 120.5],
      ['current_avg_ms', 890.3],
    ]);
  });

  it('begins with the fields of the Django profiler, for the error rate, to four digits', () => {
    expect(Object.entries(genericBody(failing)).slice(0, 4)).toEqual([
      ['type', 'error_rate'],
      ['route', '/orders'],
      ['previous_rate', 0.0204],
      ['current_rate', 0.25],
    ]);
  });

  it('carries the whole regression beside them', () => {
    expect(genericBody(slower)).toMatchObject(slower.regressions[0]!);
  });
});

describe("Slack's body", () => {
  it('has a text for the preview and blocks for the message', () => {
    expect(slackBody(slower)).toEqual({
      text: 'shop: GET /orders became slower: 120.5 ms to 890.3 ms',
      blocks: [
        {
          type: 'header',
          text: { type: 'plain_text', text: 'shop: GET /orders became slower: 120.5 ms to 890.3 ms', emoji: false },
        },
        { type: 'section', text: { type: 'plain_text', text: slower.regressions[0]!.explanation, emoji: false } },
        {
          type: 'context',
          elements: [
            {
              type: 'plain_text',
              text: 'environment production · version 1.1.0 · window of 60 min from 2026-02-03T10:00:00.000Z',
              emoji: false,
            },
          ],
        },
      ],
    });
  });

  it('lets no route or version mention a channel', () => {
    expect((slackBody(hostile) as { text: string }).text).toContain('/&lt;!channel&gt;&amp;');
    expect(JSON.stringify(slackBody(hostile))).not.toContain('mrkdwn');
  });

  it('stays within what Slack takes', () => {
    const long = testNotification({ endpoint: `GET /${'é'.repeat(9000)}`, explanation: '😀'.repeat(9000) });
    const { text, blocks } = slackBody(long) as { text: string; blocks: [{ text: { text: string } }, unknown] };
    expect(text.length).toBeLessThanOrEqual(3000);
    expect(blocks[0].text.text.length).toBeLessThanOrEqual(150);
    expect(texts(blocks).every((part) => part.length <= 3000)).toBe(true);
  });
});

describe("Discord's body", () => {
  it('has a content for the preview and one embed for the facts', () => {
    expect(discordBody(failing)).toMatchObject({
      content: 'shop: GET /orders fails more often: 2.0 % to 25.0 % of requests',
      embeds: [
        {
          title: 'GET /orders',
          timestamp: '2026-02-03T10:00:00.000Z',
          fields: [
            { name: 'Service', value: 'shop' },
            { name: 'Environment', value: 'production' },
            { name: 'Version', value: '1.1.0' },
          ],
        },
      ],
    });
  });

  it('pings nobody and takes Markdown literally', () => {
    expect(discordBody(hostile)).toMatchObject({ allowed_mentions: { parse: [] } });
    expect((discordBody(hostile) as { content: string }).content).toContain('\\*\\_\\`\\~\\|\\[x\\]');
  });

  it('leaves out what the app does not name: an empty field would be refused', () => {
    const { embeds } = discordBody(testNotification({ version: '', environment: '' })) as {
      embeds: [{ fields: unknown[] }];
    };
    expect(embeds[0].fields).toHaveLength(1);
  });

  it('stays within what Discord takes, however much is escaped', () => {
    const long = testNotification({
      endpoint: `GET /${'*'.repeat(9000)}`,
      explanation: '_'.repeat(9000),
      version: '~'.repeat(9000),
    });
    const { content, embeds } = discordBody(long) as {
      content: string;
      embeds: [{ title: string; description: string; fields: { value: string }[] }];
    };
    expect(content.length).toBeLessThanOrEqual(2000);
    expect(embeds[0].title.length).toBeLessThanOrEqual(256);
    expect(embeds[0].description.length).toBeLessThanOrEqual(4096);
    expect(embeds[0].fields.every(({ value }) => value.length <= 1024)).toBe(true);
    expect(texts(embeds).join('').length).toBeLessThanOrEqual(6000);
  });
});

it('says in one line what became worse', () => {
  expect(headline(testNotification({ service: '' }))).toBe('GET /orders became slower: 120.5 ms to 890.3 ms');
});

it('never cuts a character in half', () => {
  expect(clip('ab😀', 4)).toBe('ab😀');
  expect(clip('ab😀c', 4)).toBe('ab…');
});
