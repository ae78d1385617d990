import type { NativeBlock } from './native-block.ts';
import type { SpanContext } from './span-context.ts';

/**
 * What all spans of a scope have in common (service, version, scope, resource) is not written row by row, but once for
 * all rows of the scope, when it is through or the block is full: copying a run costs next to nothing.
 */
export class ScopeRun {
  private rowsBefore = 0;

  begin(block: NativeBlock<'spans'>): void {
    this.rowsBefore = block.rows;
  }

  /** Bytes of a row, roughly. */
  rowBytes({ resource, scope }: SpanContext): number {
    return resource.attributes.length + scope.length;
  }

  /** Bytes that {@link end} would write now, roughly. */
  bytes(block: NativeBlock<'spans'>, context: SpanContext): number {
    return (block.rows - this.rowsBefore) * this.rowBytes(context);
  }

  /** Writes the columns of the rows since {@link begin}, and begins anew. */
  end({ columns, rows }: NativeBlock<'spans'>, { resource, scope }: SpanContext): void {
    const times = rows - this.rowsBefore;
    this.rowsBefore = rows;
    if (times === 0) return;
    columns.service.repeat(resource.service.bytes, times);
    columns.environment.repeat(resource.environment.bytes, times);
    columns.version.repeat(resource.version.bytes, times);
    columns.scope.repeat(scope.bytes.subarray(0, scope.length), times);
    columns.resource.repeatRow(resource.attributes, times);
  }
}
