import { expect, it } from 'vitest';
import { runCampaign } from './fuzz-campaign.fixture.ts';

it('mutated bodies are judged as the oracles judge them, and what is accepted becomes the same spans', () => {
  const outcome = runCampaign({ bodies: 20_000, seed: 20_260_115, compareEvery: 4, decodeMsMax: 1_000 });
  expect(outcome.bodies).toBe(20_000);
  expect(outcome.accepted).toBeGreaterThan(2_000);
  expect(outcome.refused).toBeGreaterThan(2_000);
  expect(outcome.compared).toBeGreaterThan(400);
  // Only JSON with a member twice, and bounds of work: were it much more, the mutations would test little.
  expect(outcome.stricter).toBeLessThan(500);
}, 120_000);
