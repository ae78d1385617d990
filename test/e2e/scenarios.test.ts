// Span trees as text, and the findings that follow from them: the same whoever counts, and however the spans come.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectedLines, foundLines } from '../scenarios/expectation.ts';
import { parseScenario } from '../scenarios/parse-scenario.ts';
import { PATHS, type Path, type Scenario } from '../scenarios/scenario.ts';
import { environmentOf, type Found, runScenarios } from '../scenarios/scenario-run.ts';
import { VARIANTS } from '../scenarios/variants.ts';

const CASES = fileURLToPath(new URL('../scenarios/cases/', import.meta.url));
/** Of the order in which spans come, and of which come late; `SCENARIO_SEED=7` takes another. */
const SEED = Number(process.env.SCENARIO_SEED ?? 1);

const scenarios: Scenario[] = readdirSync(CASES)
  .filter((file) => file.endsWith('.txt'))
  .sort()
  .map((file) => parseScenario(file.slice(0, -'.txt'.length), readFileSync(CASES + file, 'utf8')));

let found: Found;
beforeAll(async () => {
  found = await runScenarios(scenarios, SEED);
}, 180_000);

describe.each(PATHS.flatMap((path) => VARIANTS.map((variant) => [path, variant] as const)))(
  '%s, %s',
  (path, variant) => {
    it.each(scenarios.map((scenario) => [scenario.title, scenario] as const))('%s', (_, scenario) => {
      const all = found.get(environmentOf(path, variant))!;
      expect(foundLines(all, scenario, path), scenario.name).toEqual(expectedLines(scenario, path));
    });
  },
);

it('both paths give a finding the same key', () => {
  const keys = (path: Path) =>
    found.get(environmentOf(path, 'in order'))!.map(({ key, service, endpoint }) => `${key} ${service} ${endpoint}`);
  expect(keys('app').sort()).toEqual(keys('otlp').sort());
});

it('there are at least 60 scenarios, a third of which find nothing', () => {
  expect(scenarios.length).toBeGreaterThanOrEqual(60);
  expect(scenarios.filter(({ expected }) => expected.length === 0).length).toBeGreaterThanOrEqual(scenarios.length / 3);
});
