/**
 * What some spans have in common that others have not: of every attribute and value, the share of each side that carries
 * it, ranked by the difference.
 *
 *            slowest tenth        others
 *   region   eu 92 %  us  8 %     eu 31 %  us 69 %     told: region = eu, 61 points more
 *
 * A difference is told only when chance does not explain it: hundreds of values are compared at once, so by a z of 4 in the
 * test of two proportions (pooled), and when at least three spans and ten points are behind it.
 */
export interface AttributeShare {
  readonly attribute: string;
  readonly value: string;
  readonly slowCount: number;
  readonly otherCount: number;
  readonly slowShare: number;
  readonly otherShare: number;
}

type Attributes = Readonly<Record<string, string>>;

const COUNT_MIN = 3;
const DIFFERENCE_MIN = 0.1;
const Z_MIN = 4;
/** A text that long is no label that requests share. */
const VALUE_CHARACTERS_MAX = 200;

/** Of at most `limit` values; of one attribute only the value that differs most. */
export function attributeShares(
  slow: readonly Attributes[],
  others: readonly Attributes[],
  limit: number,
): AttributeShare[] {
  if (slow.length === 0 || others.length === 0) return [];
  const slowCounts = counts(slow);
  const otherCounts = counts(others);
  const best = new Map<string, AttributeShare>();
  for (const [attribute, values] of slowCounts) {
    for (const [value, slowCount] of values) {
      const otherCount = otherCounts.get(attribute)?.get(value) ?? 0;
      const share: AttributeShare = {
        attribute,
        value,
        slowCount,
        otherCount,
        slowShare: slowCount / slow.length,
        otherShare: otherCount / others.length,
      };
      if (!isTold(share, slow.length, others.length)) continue;
      const known = best.get(attribute);
      if (known === undefined || difference(known) < difference(share)) best.set(attribute, share);
    }
  }
  return [...best.values()]
    .sort((a, b) => difference(b) - difference(a) || (a.attribute < b.attribute ? -1 : 1))
    .slice(0, limit);
}

const difference = ({ slowShare, otherShare }: AttributeShare) => slowShare - otherShare;

function isTold(share: AttributeShare, slowTotal: number, otherTotal: number): boolean {
  if (share.slowCount < COUNT_MIN || difference(share) < DIFFERENCE_MIN) return false;
  const pooled = (share.slowCount + share.otherCount) / (slowTotal + otherTotal);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / slowTotal + 1 / otherTotal));
  return deviation > 0 && difference(share) / deviation >= Z_MIN;
}

function counts(spans: readonly Attributes[]): Map<string, Map<string, number>> {
  const all = new Map<string, Map<string, number>>();
  for (const span of spans) {
    for (const [attribute, value] of Object.entries(span)) {
      if (value === '' || value.length > VALUE_CHARACTERS_MAX) continue;
      const values = all.get(attribute) ?? new Map<string, number>();
      values.set(value, (values.get(value) ?? 0) + 1);
      all.set(attribute, values);
    }
  }
  return all;
}
