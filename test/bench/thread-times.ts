import { readdirSync } from 'node:fs';
import { ticksToSeconds, timesOf } from './process-usage.ts';

/**
 * CPU seconds of a process by the names of its threads; the first, which runs JavaScript, is `main`. Linux only, empty
 * elsewhere. What threads used that came and went between two looks is in the process's sum alone.
 */
export class ThreadTimes {
  private readonly seen = new Map<string, { name: string; first: number; last: number }>();
  private readonly pid: number;

  constructor(pid: number) {
    this.pid = pid;
    this.look();
    // What a thread used before the first look is not of the load; one that is new has used nothing.
    for (const thread of this.seen.values()) thread.first = thread.last;
  }

  look(): void {
    if (process.platform !== 'linux') return;
    for (const tid of threadsOf(this.pid)) {
      const times = timesOf(`/proc/${this.pid}/task/${tid}/stat`);
      if (times === undefined) continue;
      const name = tid === String(this.pid) ? 'main' : times.name;
      const thread = this.seen.get(tid) ?? { name, first: 0, last: 0 };
      // The engine's threads change their names with their work; the last one stands.
      this.seen.set(tid, { ...thread, name, last: ticksToSeconds(times.ticks) });
    }
  }

  seconds(): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const { name, first, last } of this.seen.values()) sums[name] = (sums[name] ?? 0) + last - first;
    return Object.fromEntries(Object.entries(sums).sort(([, a], [, b]) => b - a));
  }
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}
