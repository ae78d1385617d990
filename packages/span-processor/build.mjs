// Both module systems from one source. What an app does not bring itself is inside: the analysis, and the two small
// functions of OpenTelemetry's core that share their state through symbols, so that a copy of our own is as good.
import { build } from 'esbuild';

const shared = {
  entryPoints: ['src/index.ts'],
  bundle: true,
  platform: 'node',
  target: 'node20.6',
  external: ['@opentelemetry/api'],
  conditions: ['@profiler/source'],
  // The ES modules of a package that has both, so that what is not used falls away.
  mainFields: ['module', 'main'],
  legalComments: 'none',
  logLevel: 'warning',
};

await Promise.all([
  build({ ...shared, format: 'esm', outfile: 'dist/index.js' }),
  build({ ...shared, format: 'cjs', outfile: 'dist/index.cjs' }),
]);
