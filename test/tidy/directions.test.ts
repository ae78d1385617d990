import { describe, expect, it } from 'vitest';
import { FILES, importsOf, isCode, isTest } from './repository.ts';

/** What a workspace may import of the others. Tests may import what they test. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'packages/analysis/': [],
  'packages/span-processor/': ['@profiler/analysis'],
  'packages/register/': ['@profiler/span-processor'],
  'packages/web/': ['@profiler/collector/api-types'],
  'collector/': ['@profiler/analysis'],
  'dashboards/': [],
};

/** span -> OTLP -> decode -> store -> derive -> summarise -> detect -> notify -> show: what a stage may import of the others. */
const STAGES: Readonly<Record<string, readonly string[]>> = {
  store: [],
  'clickhouse-http': ['store'],
  // The two know each other by type only: decoded blocks go one way, their acceptance the other.
  ingest: ['store', 'otlp'],
  otlp: ['store', 'ingest'],
  derive: ['store'],
  detect: ['store', 'derive', 'notify'],
  notify: ['store', 'detect'],
  api: ['store', 'derive', 'detect', 'ingest'],
  demo: ['api'],
};

const sources = FILES.filter((file) => isCode(file) && !isTest(file));

describe.each(Object.entries(PACKAGES))('%s', (workspace, allowed) => {
  const files = sources.filter((file) => file.startsWith(`${workspace}src/`));

  it('imports no other workspace than it may, and never by a path into one', () => {
    expect(files.length).toBeGreaterThan(0);
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((imported) =>
          /^(packages|collector|dashboards|test|clickhouse)\//.test(imported)
            ? !imported.startsWith(workspace)
            : imported.startsWith('@profiler/') && !allowed.includes(imported),
        )
        .map((imported) => `${file} imports ${imported}`),
    );
    expect(wrong).toEqual([]);
  });
});

it('the pure core imports nothing: no package and nothing of Node', () => {
  const files = sources.filter((file) => file.startsWith('packages/analysis/src/'));
  const wrong = files.flatMap((file) =>
    importsOf(file).filter((imported) => !imported.startsWith('packages/analysis/')),
  );
  expect(wrong).toEqual([]);
});

it('the dashboard takes only types from the collector', () => {
  const lines = sources
    .filter((file) => file.startsWith('packages/web/src/'))
    .flatMap((file) => importsOf(file).filter((imported) => imported.startsWith('@profiler/')));
  expect(new Set(lines)).toEqual(new Set(['@profiler/collector/api-types']));
});

it('nothing sees test/ but test/', () => {
  const wrong = FILES.filter((file) => isCode(file) && !file.startsWith('test/')).flatMap((file) =>
    importsOf(file).filter((imported) => imported.startsWith('test/')),
  );
  expect(wrong).toEqual([]);
});

describe.each(Object.entries(STAGES))("collector's %s", (stage, allowed) => {
  it(`knows of the other stages only: ${allowed.join(', ') || 'none'}`, () => {
    const folder = `collector/src/${stage}/`;
    const wrong = sources
      .filter((file) => file.startsWith(folder))
      .flatMap((file) =>
        importsOf(file)
          .map((imported) => /^collector\/src\/([\w-]+)\//.exec(imported)?.[1])
          .filter((other) => other !== undefined && other !== stage && !allowed.includes(other))
          .map((other) => `${file} imports ${other}`),
      );
    expect(wrong).toEqual([]);
  });
});

it('every stage of the collector has its rule', () => {
  const stages = new Set(
    sources.map((file) => /^collector\/src\/([\w-]+)\//.exec(file)?.[1]).filter((stage) => stage !== undefined),
  );
  // The command line wires everything, so it may see everything.
  stages.delete('cli');
  expect([...stages].filter((stage) => !(stage in STAGES))).toEqual([]);
});
