import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';

/** Grafana's grid is this many columns wide. */
export const COLUMNS = 24;

export interface Row {
  readonly heightUnits: number;
  readonly panels: readonly Builder<Panel>[];
}

/**
 * Panels side by side, a row of the list below the other, each as wide as its neighbours; what does not divide goes to
 * the first of them. Ids count from 1: the SDK gives none, and Grafana then makes new ones at every import.
 */
export function placed(rows: readonly Row[]): Panel[] {
  const placedPanels: Panel[] = [];
  let y = 0;
  for (const { heightUnits: h, panels } of rows) {
    let x = 0;
    for (const [index, panel] of panels.entries()) {
      const wider = index < COLUMNS % panels.length ? 1 : 0;
      const w = Math.floor(COLUMNS / panels.length) + wider;
      placedPanels.push({ ...panel.build(), id: placedPanels.length + 1, gridPos: { x, y, w, h } });
      x += w;
    }
    y += h;
  }
  return placedPanels;
}
