import { expect, it } from 'vitest';
import { parseTarget } from './target.ts';

it.each([
  ['https://hooks.slack.com/services/T0/B0/secret', 'slack'],
  ['https://discord.com/api/webhooks/1/secret', 'discord'],
  ['https://discord.com/api/v10/webhooks/1/secret', 'discord'],
  ['https://discordapp.com/api/webhooks/1/secret', 'discord'],
  ['https://discord.com/api/webhooks/1/secret/slack', 'slack'],
  ['https://discord.com/elsewhere', 'json'],
  ['https://alerts.example.com/hook', 'json'],
  ['https://slack.com.example.com/services/x', 'json'],
  ['https://chat.example.com/hooks/x#slack', 'slack'],
  ['http://127.0.0.1:9/x#discord', 'discord'],
  ['https://hooks.slack.com/services/x#json', 'json'],
  ['https://alerts.example.com/hook#other', 'json'],
])('sends to %s in the shape %s', (url, shape) => {
  expect(parseTarget(url).shape).toBe(shape);
});

it('keeps the fragment and the credentials out of the URL that is asked for', () => {
  const target = parseTarget('https://user:p%40ss@chat.example.com:8443/hooks/x?y=1#slack');
  expect(target.url).toBe('https://chat.example.com:8443/hooks/x?y=1');
  expect(target.headers).toEqual({ authorization: `Basic ${Buffer.from('user:p@ss').toString('base64')}` });
});

it('shows the host and a hash, and nothing else, of a URL', () => {
  const { label, id } = parseTarget('https://user:password@hooks.slack.com/services/T0/B0/secret?token=t');
  expect(label).toBe('hooks.slack.com');
  expect(id).toMatch(/^[0-9a-f]{16}$/);
});

it('tells two URLs of one host apart, and knows one again', () => {
  const id = (url: string) => parseTarget(url).id;
  expect(id('https://hooks.slack.com/a')).toBe(id('https://hooks.slack.com/a'));
  expect(id('https://hooks.slack.com/a')).not.toBe(id('https://hooks.slack.com/b'));
});

it('refuses what is no URL without repeating it', () => {
  expect(() => parseTarget('secret')).toThrow(/^a webhook URL is not valid$/);
});
