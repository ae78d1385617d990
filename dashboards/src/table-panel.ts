import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { DynamicConfigValue, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { DATASOURCE, table } from './clickhouse-query.ts';
import type { DataLink } from './links.ts';

/** What is special about columns, by their names. */
export type Columns = Readonly<Record<string, DynamicConfigValue[]>>;

/** Rows of a query, and what is special about some of its columns. */
export function rows(title: string, description: string, sql: string, columns: Columns): Builder<Panel> {
  let panel = new PanelBuilder().title(title).description(description).datasource(DATASOURCE).withTarget(table(sql));
  for (const [column, properties] of Object.entries(columns)) panel = panel.overrideByName(column, properties);
  return panel;
}

export const unit = (value: string): DynamicConfigValue => ({ id: 'unit', value });

export const linksTo = (...links: DataLink[]): DynamicConfigValue => ({ id: 'links', value: links });

/** Selected for a link, not for the eye; the second name is what newer Grafanas call it. */
export const hidden = (): DynamicConfigValue[] => [
  { id: 'custom.hidden', value: true },
  { id: 'custom.hideFrom.viz', value: true },
];

/** Green, then orange, then red, from these values on. */
export const coloured = (orange: number, red: number): DynamicConfigValue[] => [
  { id: 'custom.cellOptions', value: { type: 'color-text' } },
  {
    id: 'thresholds',
    value: {
      mode: 'absolute',
      steps: [
        { value: null, color: 'green' },
        { value: orange, color: 'orange' },
        { value: red, color: 'red' },
      ],
    },
  },
];

/** A response time, coloured as on Profiler's own pages: green below 500 ms, red from a second on. */
export const responseTime = (): DynamicConfigValue[] => [unit('ms'), ...coloured(500, 1000)];
