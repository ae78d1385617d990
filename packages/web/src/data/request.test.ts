import { describe, expect, it } from 'vitest';
import { failureMessage, failureReason } from './request.ts';

describe('failureReason', () => {
  it.each([
    [401, 'refused'],
    [403, 'refused'],
    [421, 'refused'],
    [502, 'unreachable'],
    [503, 'unreachable'],
    [504, 'unreachable'],
    [400, 'failed'],
    [404, 'failed'],
    [500, 'failed'],
  ])('takes %i as %s', (status, reason) => {
    expect(failureReason(status)).toBe(reason);
  });
});

describe('failureMessage', () => {
  it('names the parameters that the collector found wrong', () => {
    const body = JSON.stringify({ error: 'wrong parameters', parameters: [{ name: 'since', message: 'not a time' }] });
    expect(failureMessage(400, body)).toBe('wrong parameters\nsince: not a time');
  });

  it.each(['<html>Bad gateway</html>', '', 'null', '{}', '{"error":7}'])(
    'says the status when the body is %j',
    (body) => {
      expect(failureMessage(500, body)).toBe('The collector answered 500');
    },
  );
});
