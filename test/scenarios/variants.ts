import type { ResourceSpans } from '../support/otlp.ts';

/**
 * How the spans of a scenario come: whole and in order, in any order, one a batch, a part of them a minute later, or with a restart
 * of the collector between. A part is told by the dice, so that any span may be the one that comes late.
 */
export const VARIANTS = ['in order', 'shuffled', 'one a batch', 'late by a minute', 'over a restart'] as const;
export type Variant = (typeof VARIANTS)[number];

export interface Shipment {
  /** Each a body. */
  readonly first: readonly (readonly ResourceSpans[])[];
  readonly later: readonly (readonly ResourceSpans[])[];
}

const SPANS_PER_BODY = 400;

export function shipmentOf(variant: Variant, spans: readonly ResourceSpans[], dice: Dice): Shipment {
  switch (variant) {
    case 'in order':
      return { first: bodies(spans, SPANS_PER_BODY), later: [] };
    case 'shuffled':
      return { first: bodies(dice.shuffled(spans), SPANS_PER_BODY), later: [] };
    case 'one a batch':
      return { first: bodies(spans, 1), later: [] };
    default: {
      const isFirst = new Map(spans.map((span) => [span, dice.next() < 0.5]));
      const shuffled = dice.shuffled(spans);
      const body = (part: boolean) =>
        bodies(
          shuffled.filter((span) => isFirst.get(span) === part),
          SPANS_PER_BODY,
        );
      return { first: body(true), later: body(false) };
    }
  }
}

function bodies(spans: readonly ResourceSpans[], spansMax: number): ResourceSpans[][] {
  const all: ResourceSpans[][] = [];
  for (let at = 0; at < spans.length; at += spansMax) all.push(spans.slice(at, at + spansMax));
  return all;
}

/** Random numbers that a seed gives again. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 to below 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  shuffled<Item>(items: readonly Item[]): Item[] {
    const all = [...items];
    for (let at = all.length - 1; at > 0; at--) {
      const other = Math.floor(this.next() * (at + 1));
      [all[at], all[other]] = [all[other]!, all[at]!];
    }
    return all;
  }
}
