import { CallTally, type HashRoom, type TalliedCall } from './call-tally.ts';

/**
 * The calls of one statement on one loop path, by the instrumentation that told of them. Two that tell of one statement at one
 * place tell of the same calls (SQLAlchemy's and psycopg's spans stand side by side), so the calls of one of them count: of
 * the one that tells of most.
 */
export class ScopedTallies {
  #scope: string | undefined;
  #tally = new CallTally();
  #others: Map<string, CallTally> | undefined;

  add(scope: string, call: TalliedCall, room?: HashRoom): void {
    this.#of(scope).add(call, room);
  }

  merge(more: ScopedTallies): void {
    if (more.#scope !== undefined) this.#of(more.#scope).merge(more.#tally);
    for (const [scope, tally] of more.#others ?? []) this.#of(scope).merge(tally);
  }

  /** The one that counts. */
  get counted(): CallTally {
    let counted = this.#tally;
    let scope = this.#scope ?? '';
    for (const [otherScope, other] of this.#others ?? []) {
      const order =
        other.calls - counted.calls || other.durationNs - counted.durationNs || (otherScope < scope ? 1 : -1);
      if (order > 0) {
        counted = other;
        scope = otherScope;
      }
    }
    return counted;
  }

  #of(scope: string): CallTally {
    this.#scope ??= scope;
    if (this.#scope === scope) return this.#tally;
    this.#others ??= new Map();
    let tally = this.#others.get(scope);
    if (tally === undefined) {
      tally = new CallTally();
      this.#others.set(scope, tally);
    }
    return tally;
  }
}
