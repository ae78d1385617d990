import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { HeatmapCalculationOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/heatmap';
import { DATASOURCE, timeSeries } from './clickhouse-query.ts';

/** Single points, which Grafana counts into cells. */
export const heatmap = (title: string, unit: string, description: string, sql: string): Builder<Panel> =>
  new PanelBuilder()
    .title(title)
    .description(description)
    .datasource(DATASOURCE)
    .withTarget(timeSeries(sql))
    .unit(unit)
    .calculate(true)
    .calculation(new HeatmapCalculationOptionsBuilder());
