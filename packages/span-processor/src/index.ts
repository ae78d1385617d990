export { ProfilerSpanProcessor, type ProfilerSpanProcessorOptions } from './profiler-span-processor.ts';
export { VERSION } from './version.ts';
