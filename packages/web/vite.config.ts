import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';

/**
 * The collector serves the result with `default-src 'self'`: so nothing is inlined, neither small images as data
 * addresses nor a polyfill as a script.
 */
export default defineConfig({
  plugins: [preact({ devToolsEnabled: false, prefreshEnabled: false })],
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  // `npm run dev` asks a collector that runs beside it.
  server: { proxy: { '/api': process.env.PROFILER_URL ?? 'http://localhost:4318' } },
});
