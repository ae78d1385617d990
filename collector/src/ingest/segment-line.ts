import type { Segment } from './segment.ts';

/** The closed segments that wait to be stored, oldest first. */
export class SegmentLine {
  private readonly segments: Segment[] = [];
  /** Those of them that {@link next} gave. */
  private readonly given = new WeakSet<Segment>();
  private isClosed = false;
  private wake: (() => void) | undefined;

  get length(): number {
    return this.segments.length;
  }

  /** Those that an earlier process left. */
  leftovers(): Segment[] {
    return this.segments.filter(({ isLeftover }) => isLeftover);
  }

  add(segment: Segment, place = this.segments.length): void {
    this.segments.splice(place, 0, segment);
    this.wake?.();
  }

  /** @returns the place that it had, -1 when it was not in line */
  leave(segment: Segment): number {
    const place = this.segments.indexOf(segment);
    if (place >= 0) this.segments.splice(place, 1);
    this.wake?.();
    return place;
  }

  /**
   * The oldest that was not given before, once there is one; undefined when the line was closed and none is left. What was given
   * stays in line until it leaves, because others may come in its place. One at a time may ask.
   */
  async next(): Promise<Segment | undefined> {
    for (;;) {
      const segment = this.segments.find((it) => !this.given.has(it));
      if (segment !== undefined) {
        this.given.add(segment);
        return segment;
      }
      if (this.isClosed && this.segments.length === 0) return undefined;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  /** Only what comes in the place of others comes after this. */
  close(): void {
    this.isClosed = true;
    this.wake?.();
  }
}
