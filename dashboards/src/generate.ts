// `npm run generate`: writes `grafana/*.json` from the code.
import { mkdirSync, writeFileSync } from 'node:fs';
import { DASHBOARDS, rendered } from './dashboards.ts';

const folder = new URL('../grafana/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [file, dashboard] of Object.entries(DASHBOARDS)) {
  writeFileSync(new URL(file, folder), rendered(dashboard()));
  process.stdout.write(`grafana/${file}\n`);
}
