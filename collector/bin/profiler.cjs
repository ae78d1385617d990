#!/usr/bin/env -S MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=131072 node --max-semi-space-size=4 --heap-growing-percent=30
// What the first line sets can only be set before Node starts; it is for memory alone: see the README.
// The embedded engine holds a thread of Node's pool while a query runs, and the pool's size is fixed at its first use:
// so it is set here, before anything is loaded. CommonJS, because that much is certain to run first.
process.env.UV_THREADPOOL_SIZE ??= '16';
// The engine's allocator reads this when it is loaded: freed pages go back to the system after 20 ms, not 10 s,
// and a thread keeps only small ones for itself.
process.env.JE_MALLOC_CONF ??= 'background_thread:true,dirty_decay_ms:20,muzzy_decay_ms:0,narenas:2,tcache_max:4096';
process.env.MALLOC_CONF ??= process.env.JE_MALLOC_CONF;
import('../dist/cli/cli.js').catch((error) => {
  const unbuilt = error?.code === 'ERR_MODULE_NOT_FOUND' && String(error.message).includes('cli.js');
  process.stderr.write(unbuilt ? 'profiler is not built; run: npm run build\n' : `${error?.stack ?? error}\n`);
  process.exitCode = 1;
});
