import { gzipSync } from 'node:zlib';
import type { OtlpEncoding } from '../support/otlp.ts';
import { BodyTemplate } from './body-template.ts';

/** Templates in turn: together they hold some three thousand different traces. */
const TEMPLATES = 64;

export interface LoadBodiesOptions {
  readonly encoding: OtlpEncoding;
  readonly seed: number;
  readonly run: number;
  readonly spansPerBody: number;
  readonly services: number;
}

/** The bodies of one run, by their numbers: always the same for the same options, but for their times. */
export class LoadBodies {
  readonly options: LoadBodiesOptions;
  readonly bytesMax: number;
  private readonly templates: readonly BodyTemplate[];

  constructor(options: LoadBodiesOptions, templates = TEMPLATES) {
    const { encoding, seed, spansPerBody: spans, services } = options;
    this.options = options;
    this.templates = Array.from(
      { length: templates },
      (_, index) => new BodyTemplate({ encoding, spans, services, seed: seed * 1_009 + index }),
    );
    this.bytesMax = Math.max(...this.templates.map(({ bytes }) => bytes.length));
  }

  template(body: number): BodyTemplate {
    return this.templates[body % this.templates.length]!;
  }

  /** The body, written into `target`. */
  stamp(target: Buffer, body: number, epochMs: number): Buffer {
    const length = this.template(body).stamp(target, this.options.run, body, epochMs);
    return target.subarray(0, length);
  }
}

/**
 * Packed bodies, made before the run, so that packing costs the run nothing. Memory bounds how many there are, and with
 * them how long a run can last.
 */
export class PackedBodies {
  readonly count: number;
  readonly bytes: number;
  private readonly packed: Buffer[] = [];

  /** @param epochMsOf when a body will be sent */
  constructor(bodies: LoadBodies, wanted: number, bytesMax: number, epochMsOf: (body: number) => number) {
    const target = Buffer.allocUnsafeSlow(bodies.bytesMax);
    let bytes = 0;
    for (let body = 0; body < wanted && bytes < bytesMax; body++) {
      // The lightest level: how hard a sender squeezes makes no difference to who unpacks it.
      const packed = gzipSync(bodies.stamp(target, body, epochMsOf(body)), { level: 1 });
      this.packed.push(packed);
      bytes += packed.length;
    }
    this.count = this.packed.length;
    this.bytes = bytes;
  }

  /** Hands a body out, once: what is sent needs no room any more. */
  take(body: number): Buffer {
    const packed = this.packed[body]!;
    this.packed[body] = EMPTY;
    return packed;
  }
}

const EMPTY = Buffer.alloc(0);
