import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What a process has used so far, all of its threads, seen from outside. */
export interface ProcessUsage {
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  /** Highest since its start where the kernel keeps it, else what it is now. */
  readonly rssBytesPeak: number;
}

/** Linux counts time in hundredths of a second for whoever reads `/proc`. */
const TICKS_PER_SECOND = 100;

/** Undefined when the process is gone. */
export function processUsage(pid: number): ProcessUsage | undefined {
  try {
    return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
  } catch {
    return undefined;
  }
}

/** Name and ticks of a process or thread by its `stat` file; undefined when it is gone. */
export function timesOf(path: string): { name: string; ticks: number } | undefined {
  try {
    const stat = readFileSync(path, 'utf8');
    // The second field is the name in parentheses, which may hold anything.
    const nameEnd = stat.lastIndexOf(')');
    const fields = stat.slice(nameEnd + 2).split(' ');
    return { name: stat.slice(stat.indexOf('(') + 1, nameEnd), ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return undefined;
  }
}

export function ticksToSeconds(ticks: number): number {
  return ticks / TICKS_PER_SECOND;
}

function fromProc(pid: number): ProcessUsage {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kibibytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN);
  return {
    cpuSeconds: ticksToSeconds(timesOf(`/proc/${pid}/stat`)!.ticks),
    rssBytes: kibibytes('VmRSS') * 1024,
    rssBytesPeak: kibibytes('VmHWM') * 1024,
  };
}

function fromPs(pid: number): ProcessUsage {
  const [rss, time] = execFileSync('ps', ['-o', 'rss=,time=', '-p', String(pid)], { encoding: 'utf8' })
    .trim()
    .split(/\s+/);
  // [[days-]hours:]minutes:seconds, the seconds with a fraction on macOS.
  const seconds = time!.split(/[-:]/).reduceRight(
    ({ sum, unit }, part, index, parts) => ({
      sum: sum + Number(part) * unit,
      unit: parts.length - index === 3 ? 86_400 : unit * 60,
    }),
    { sum: 0, unit: 1 },
  );
  return { cpuSeconds: seconds.sum, rssBytes: Number(rss) * 1024, rssBytesPeak: Number(rss) * 1024 };
}

/** Looks at a process again and again, for how its memory goes while a load runs. */
export class UsageSampler {
  private readonly samples: ProcessUsage[] = [];
  private readonly timer: NodeJS.Timeout;

  constructor(pid: number, intervalMs = 250) {
    const look = () => {
      const usage = processUsage(pid);
      if (usage !== undefined) this.samples.push(usage);
    };
    look();
    this.timer = setInterval(look, intervalMs);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  get first(): ProcessUsage | undefined {
    return this.samples[0];
  }

  get last(): ProcessUsage | undefined {
    return this.samples.at(-1);
  }

  rssBytesMax(): number {
    return Math.max(0, ...this.samples.map(({ rssBytes }) => rssBytes), this.last?.rssBytesPeak ?? 0);
  }

  /** Memory when this share of the time had passed: the mean of what was seen around it, since one look may be unlucky. */
  rssBytesAt(share: number): number {
    const reach = Math.max(1, Math.floor(this.samples.length / 20));
    const at = Math.round(share * (this.samples.length - 1));
    const around = this.samples.slice(Math.max(0, at - reach), at + reach + 1);
    return around.reduce((sum, { rssBytes }) => sum + rssBytes, 0) / Math.max(1, around.length);
  }
}
