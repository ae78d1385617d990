import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DATASOURCE } from './clickhouse-query.ts';
import { DASHBOARDS, rendered } from './dashboards.ts';
import { COLUMNS } from './grid.ts';

/** Of now: what fires, what is stored, how far derivation has come. */
const WHATEVER_THE_TIME = [
  'Firing now',
  'Firing',
  'Spans stored',
  'On disk',
  'Since the last request arrived',
  'Behind in deriving',
  'Parts in the fullest partition',
  'Derivation',
  'Tables',
];

const folder = new URL('../grafana/', import.meta.url);

it('grafana/ holds what the code makes, nothing else: run `npm run generate -w dashboards` after a change', () => {
  expect(readdirSync(folder).sort()).toEqual(Object.keys(DASHBOARDS).sort());
  for (const [file, dashboard] of Object.entries(DASHBOARDS)) {
    expect(readFileSync(new URL(file, folder), 'utf8'), file).toBe(rendered(dashboard()));
  }
});

it('no two dashboards share a uid or a title', () => {
  const all = Object.values(DASHBOARDS).map((dashboard) => dashboard());
  expect(new Set(all.map((dashboard) => dashboard.uid)).size).toBe(all.length);
  expect(new Set(all.map((dashboard) => dashboard.title)).size).toBe(all.length);
});

describe.each(Object.keys(DASHBOARDS))('%s', (file) => {
  const text = readFileSync(new URL(file, folder), 'utf8');
  const dashboard = DASHBOARDS[file]!();
  const variables = (dashboard.templating?.list ?? []).map((variable) => variable.name);
  const targets = dashboard.panels.flatMap((panel) => panel.targets ?? []) as unknown as {
    rawSql: string;
    queryType: string;
    format: number;
  }[];

  it('is classic JSON, which every Grafana since 10 imports', () => {
    expect(dashboard.schemaVersion).toBe(42);
    expect(dashboard.uid).toMatch(/^profiler-[a-z-]{1,30}$/);
    expect(text).not.toContain('inControlsMenu');
  });

  it('numbers its panels and titles them, each once', () => {
    const ids = dashboard.panels.map((panel) => panel.id);
    const titles = dashboard.panels.map((panel) => panel.title);
    expect(ids).toEqual(dashboard.panels.map((_, index) => index + 1));
    expect(new Set(titles).size).toBe(titles.length);
    expect(titles).not.toContain(undefined);
  });

  it('fills the grid: panels neither overlap nor stick out', () => {
    const taken = new Set<string>();
    for (const { gridPos } of dashboard.panels) {
      const { x, y, w, h } = gridPos!;
      expect(x + w).toBeLessThanOrEqual(COLUMNS);
      for (let column = x; column < x + w; column++) {
        for (let line = y; line < y + h; line++) {
          expect(taken).not.toContain(`${column},${line}`);
          taken.add(`${column},${line}`);
        }
      }
    }
    const height = Math.max(...dashboard.panels.map(({ gridPos }) => gridPos!.y + gridPos!.h));
    expect(taken.size).toBe(COLUMNS * height);
  });

  it('reads from the data source that was picked, never a fixed one', () => {
    const uids = [...text.matchAll(/"uid": "([^"]*)"/g)].map(([, uid]) => uid);
    expect(new Set(uids)).toEqual(new Set([DATASOURCE.uid, dashboard.uid]));
  });

  it('asks for what it shows: a table as a table, a chart as a time series', () => {
    for (const panel of dashboard.panels) {
      const shown = ['timeseries', 'heatmap'].includes(panel.type) ? ['timeseries', 0] : ['table', 1];
      for (const target of panel.targets as unknown as typeof targets) {
        expect([target.queryType, target.format], panel.title).toEqual(shown);
      }
    }
  });

  it('gives every number a unit', () => {
    for (const panel of dashboard.panels.filter((panel) => panel.type !== 'table')) {
      expect(panel.fieldConfig?.defaults?.unit, panel.title).toMatch(/^(short|ms|s|reqps|percentunit|bytes)$/);
    }
    const bare = dashboard.panels.flatMap((panel) =>
      (panel.fieldConfig?.overrides ?? []).filter(
        ({ matcher, properties }) =>
          /_(ms|seconds|rate|bytes)$/.test(String(matcher.options)) && !properties.some(({ id }) => id === 'unit'),
      ),
    );
    expect(bare).toEqual([]);
  });

  it('styles only columns that its query selects', () => {
    for (const panel of dashboard.panels) {
      const sql = (panel.targets as unknown as typeof targets).map((target) => target.rawSql).join('\n');
      for (const { matcher } of panel.fieldConfig?.overrides ?? []) {
        expect(sql, panel.title).toMatch(new RegExp(`\\b${matcher.options}\\b`));
      }
    }
  });

  it('shows the legend where there is more than one line', () => {
    for (const panel of dashboard.panels.filter((panel) => panel.type === 'timeseries')) {
      expect((panel.options as { legend: { showLegend: boolean } }).legend.showLegend, panel.title).toBe(true);
    }
  });

  it('uses only variables that exist, in queries and in links', () => {
    const used = [...text.matchAll(/\$\{?([a-zA-Z]\w*)/g)].map(([, name]) => name!);
    expect(used.length).toBeGreaterThan(0);
    expect([...new Set(used)].filter((name) => !variables.includes(name))).toEqual([]);
  });

  it('links to the other dashboards by a menu that takes variables and time along', () => {
    expect(dashboard.links).toMatchObject([
      { type: 'dashboards', tags: ['profiler'], includeVars: true, keepTime: true, asDropdown: true },
    ]);
    expect(dashboard.tags).toContain('profiler');
  });

  it('links with columns that the row has, to Profiler or to a dashboard of ours', () => {
    for (const panel of dashboard.panels) {
      const sql = (panel.targets as unknown as typeof targets).map((target) => target.rawSql).join('\n');
      for (const { properties } of panel.fieldConfig?.overrides ?? []) {
        for (const { url } of properties.filter(({ id }) => id === 'links').flatMap(({ value }) => value)) {
          expect(url).toMatch(/^(\$\{profiler_url:raw\}(\/|\$\{__data\.fields\.page:raw\})|\/d\/profiler-)/);
          for (const [, column] of url.matchAll(/\$\{__data\.fields\.(\w+)/g)) {
            expect(sql, url).toMatch(new RegExp(`\\b${column}\\b`));
          }
        }
      }
    }
  });

  it('narrows every query by the time range, and by whatever can be chosen', () => {
    const choosable = variables.filter((name) => !['datasource', 'profiler_url'].includes(name));
    for (const panel of dashboard.panels) {
      for (const { rawSql } of panel.targets as unknown as typeof targets) {
        if (!WHATEVER_THE_TIME.includes(panel.title!)) expect(rawSql, panel.title).toContain('$__timeFilter(');
        for (const name of choosable) expect(rawSql, panel.title).toContain(`$${name})`);
      }
    }
  });
});

it('links of all kinds are there', () => {
  const text = Object.keys(DASHBOARDS)
    .map((file) => readFileSync(new URL(file, folder), 'utf8'))
    .join('');
  for (const page of ['requests', 'queries', 'findings', 'exceptions', 'regressions', 'traces', 'setup']) {
    expect(text).toContain(`\${profiler_url:raw}/${page}`);
  }
  expect(text).toContain('/d/profiler-endpoint?');
});
