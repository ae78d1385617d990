/** The median of the first `length` numbers, which it puts in another order; the mean of the middle two of an even number. */
export function median(values: Float64Array, length = values.length): number {
  if (length === 0) return Number.NaN;
  const middle = length >> 1;
  const upper = select(values, length, middle);
  if (length % 2 === 1) return upper;
  let lower = values[0]!;
  for (let index = 1; index < middle; index++) if (values[index]! > lower) lower = values[index]!;
  return (lower + upper) / 2;
}

/** Hoare's selection: moves the number of this rank to its place, smaller ones before it, larger ones behind it. */
function select(values: Float64Array, length: number, rank: number): number {
  let left = 0;
  let right = length - 1;
  while (left < right) {
    const pivot = values[(left + right) >> 1]!;
    let low = left;
    let high = right;
    while (low <= high) {
      while (values[low]! < pivot) low++;
      while (values[high]! > pivot) high--;
      if (low > high) break;
      const held = values[low]!;
      values[low++] = values[high]!;
      values[high--] = held;
    }
    if (rank <= high) right = high;
    else if (rank >= low) left = low;
    else break;
  }
  return values[rank]!;
}
