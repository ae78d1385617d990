/**
 * One endpoint over a month of hours, with everything that makes false alerts: a heavy tail, a rate that follows day and
 * week, latency that follows the rate, noise that carries over from hour to hour, cold caches after deploys and restarts,
 * few requests, a life that begins or ends within the month. And, where asked for, a step.
 */
import { type EndpointSeries, emptySeries, SERIES_COLUMNS } from '@profiler/analysis';
import { DurationShape } from './duration-shape.ts';
import type { FastRandom } from './fast-random.ts';
import { WindowSketch } from './window-sketch.ts';

export interface Traffic {
  /** Mean over the week. */
  readonly requestsPerHour: number;
  /** Standard deviation of the logarithm of latency from hour to hour; Student's t with 4 degrees of freedom. */
  readonly hourNoise: number;
  /** Correlation of that noise between one hour and the next. */
  readonly correlation: number;
}

export interface Step {
  /** `tail` slows the requests above p90 only. */
  readonly kind: 'all' | 'tail' | 'errors';
  /** Of durations. */
  readonly factor: number;
  /** Added to the rate of errors. */
  readonly errorRate: number;
}

export const HOURS = 720;
/** A Monday, 00:00 UTC. */
const START_MS = Date.UTC(2026, 0, 5);
const LOG_MS = Math.log(1e6);
/** A deploy now and then, and restarts between. After both, caches are cold. */
const DEPLOYS_PER_HOUR = 2 / 168;
const RESTARTS_PER_HOUR = 1 / 168;

const sketch = new WindowSketch();

export class SimulatedEndpoint {
  readonly series: EndpointSeries = emptySeries(START_MS, 60, HOURS);
  readonly traffic: Traffic;
  readonly shape: DurationShape;
  /** One in ten has a thirtieth of the requests. */
  readonly isQuiet: boolean;
  /** Logarithm of the median in nanoseconds, without noise, of each hour: what only an oracle knows. */
  readonly expectedMedian = new Float64Array(HOURS);
  private readonly random: FastRandom;
  private readonly median: number;
  private readonly loadSlope: number;
  private readonly peakHour: number;
  private readonly errorBase: number;
  private readonly life: { readonly from: number; readonly until: number };
  private noise: number;
  private hour = 0;

  /** @param copied of which this one begins as a copy */
  constructor(random: FastRandom, traffic: Traffic, lives: 'a while' | 'the month', copied?: SimulatedEndpoint) {
    this.random = random;
    this.traffic = traffic;
    if (copied !== undefined) {
      ({ shape: this.shape, isQuiet: this.isQuiet, median: this.median, loadSlope: this.loadSlope } = copied);
      ({
        peakHour: this.peakHour,
        errorBase: this.errorBase,
        life: this.life,
        noise: this.noise,
        hour: this.hour,
      } = copied);
      for (const column of SERIES_COLUMNS) this.series[column].set(copied.series[column]);
      this.series.deploys.set(copied.series.deploys);
      this.expectedMedian.set(copied.expectedMedian);
      return;
    }
    this.shape = new DurationShape(random.between(0.35, 0.8), random.between(0.01, 0.05), random.between(1.3, 2.5));
    this.median = Math.log(80) + 0.8 * random.normal() + LOG_MS;
    this.loadSlope = random.between(0, 0.06);
    this.peakHour = random.between(0, 24);
    this.isQuiet = random.unit() < 0.1;
    this.errorBase = 10 ** random.between(-3.5, -1.7);
    this.life = lifeOf(random, lives);
    this.noise = traffic.hourNoise * random.studentT4();
  }

  /** The same past, and a future of its own that begins with the same random numbers. */
  copy(): SimulatedEndpoint {
    return new SimulatedEndpoint(this.random.copy(), this.traffic, 'the month', this);
  }

  /** Simulates the hours up to, not including, `until`. */
  advance(until: number, step?: Step): void {
    for (; this.hour < until; this.hour++) this.simulateHour(this.hour, step);
  }

  private simulateHour(hour: number, step: Step | undefined): void {
    const { random, traffic, series } = this;
    const innovation = Math.sqrt(1 - traffic.correlation ** 2);
    this.noise = traffic.correlation * this.noise + innovation * traffic.hourNoise * random.studentT4();
    const wave = Math.cos(((hour - this.peakHour) / 24) * 2 * Math.PI);
    const isWeekend = Math.floor(hour / 24) % 7 >= 5;
    // 1.06 makes the week's mean of both 1.
    const load = 1.06 * (1 + 0.6 * wave) * (isWeekend ? 0.8 : 1);
    const requests = random.poisson((traffic.requestsPerHour / (this.isQuiet ? 30 : 1)) * load);
    const isDeploy = random.unit() < DEPLOYS_PER_HOUR;
    const isCold = random.unit() < RESTARTS_PER_HOUR || isDeploy;
    const coldShare = random.between(0.03, 0.15);
    const coldFactor = random.between(1.5, 3);
    const errorNoise = Math.exp(0.3 * random.normal());
    this.expectedMedian[hour] = this.median + this.loadSlope * wave;
    if (hour < this.life.from || hour >= this.life.until) return;

    const slower = step?.kind === 'all' ? Math.log(step.factor) : 0;
    this.addRequests(
      requests,
      this.expectedMedian[hour]! + this.noise + slower,
      step?.kind === 'tail' ? step.factor : 1,
      isCold ? requests * coldShare : 0,
      coldFactor,
    );
    sketch.writeTo(series, hour);
    series.deploys[hour] = isDeploy ? 1 : 0;
    const errorRate = Math.min(0.9, this.errorBase * errorNoise + (step?.errorRate ?? 0));
    series.errors[hour] = Math.min(requests, random.poisson(requests * errorRate));
  }

  /** The first `cold` of them take `coldFactor` as long. */
  private addRequests(requests: number, location: number, tailFactor: number, cold: number, coldFactor: number): void {
    const { random, shape } = this;
    const { logs, factors } = shape;
    const scale = Math.exp(location);
    const coldLog = Math.log(coldFactor);
    const tailLog = Math.log(tailFactor);
    const tailFrom = tailFactor > 1 ? 0.9 * 2 ** 32 : Number.POSITIVE_INFINITY;
    for (let request = 0; request < requests; request++) {
      const word = random.word() >>> 0;
      let log: number;
      let durationNs: number;
      if (DurationShape.isInTable(word)) {
        const index = word >>> 16;
        const part = (word & 0xffff) / 65_536;
        log = logs[index]! + part * (logs[index + 1]! - logs[index]!);
        durationNs = scale * (factors[index]! + part * (factors[index + 1]! - factors[index]!));
      } else {
        log = shape.tailLogOfWord(word);
        durationNs = scale * Math.exp(log);
      }
      log += location;
      if (request < cold) {
        log += coldLog;
        durationNs *= coldFactor;
      }
      if (word > tailFrom) {
        log += tailLog;
        durationNs *= tailFactor;
      }
      sketch.add(durationNs, log);
    }
  }
}

/** One in ten appears within the month, one in ten vanishes. */
function lifeOf(random: FastRandom, lives: 'a while' | 'the month'): { from: number; until: number } {
  const fate = random.unit();
  const moment = Math.floor(random.between(24, HOURS - 24));
  if (lives === 'the month' || fate >= 0.2) return { from: 0, until: HOURS };
  return fate < 0.1 ? { from: moment, until: HOURS } : { from: 0, until: moment };
}
