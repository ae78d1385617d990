import { HTTP_SYSTEM } from './call-kind.ts';

/** A client span that asks another process for something. */
export interface Call {
  /** 16 hex digits; '' when it does not say what it asks for. */
  readonly fingerprint: string;
  /** Value of `db.system.name`; `http` for an outgoing HTTP call. */
  readonly system: string;
  /** It carries no statement; its fingerprint is of its operation and collection. */
  readonly summarised: boolean;
  /** Name of the instrumentation that told of it, '' when unknown. */
  readonly scope: string;
}

/**
 * Two calls of which one stands below the other, with no other call between:
 *
 *     CLIENT sequelize  SELECT ... = ?         CLIENT mongoose  find users         CLIENT DynamoDB.GetItem
 *       CLIENT pg         SELECT ... = ?         CLIENT mongodb   {"find":...}        CLIENT POST https://dynamodb...
 *
 *        'same': the inner is the            'wrapper': the outer is no call        'transport': the inner is how
 *        outer once more                     of its own, the inner is               the outer is asked
 *
 * `'apart'`: both are calls, as a driver's that runs one query within another. What an instrumentation is called does not
 * matter, only whether both come from the same.
 */
export type Nesting = 'same' | 'wrapper' | 'transport' | 'apart';

export function nestingOf(outer: Call, inner: Call): Nesting {
  if (inner.system === HTTP_SYSTEM) return 'transport';
  if (outer.fingerprint === inner.fingerprint) return 'same';
  if (outer.system === HTTP_SYSTEM) return 'apart';
  if (outer.summarised) return 'wrapper';
  if (inner.summarised) return 'same';
  return outer.scope === inner.scope ? 'apart' : 'wrapper';
}
