import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { BigValueColorMode, BigValueGraphMode } from '@grafana/grafana-foundation-sdk/common';
import {
  type Panel,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { DATASOURCE, table } from './clickhouse-query.ts';

/** From which values on a number is orange or red; below it is green. */
export interface Limits {
  readonly orange?: number;
  readonly red?: number;
}

/** One number. Without limits it has no colour: more of it is neither good nor bad. */
export function stat(title: string, unit: string, limits: Limits, sql: string): Builder<Panel> {
  const steps: Threshold[] = [{ value: null, color: 'green' }];
  if (limits.orange !== undefined) steps.push({ value: limits.orange, color: 'orange' });
  if (limits.red !== undefined) steps.push({ value: limits.red, color: 'red' });
  return new PanelBuilder()
    .title(title)
    .datasource(DATASOURCE)
    .withTarget(table(sql))
    .unit(unit)
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps))
    .colorMode(steps.length > 1 ? BigValueColorMode.Value : BigValueColorMode.None)
    .graphMode(BigValueGraphMode.None);
}
