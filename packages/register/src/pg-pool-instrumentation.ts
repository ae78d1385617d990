import { context } from '@opentelemetry/api';
import {
  InstrumentationBase,
  type InstrumentationConfig,
  InstrumentationNodeModuleDefinition,
} from '@opentelemetry/instrumentation';
import { VERSION } from '@profiler/span-processor';

export interface PgPoolInstrumentationConfig extends InstrumentationConfig {
  /**
   * Called where the app calls `pool.query`, while the app's frames are still on the stack; what it returns, where the
   * result is given.
   */
  readonly queryCalled?: (queryText: string, system: string, caller: CallableFunction) => (() => void) | undefined;
}

type Method = (this: object, ...args: unknown[]) => unknown;
type PoolClass = { prototype: { query: Method; connect: Method } };

const PATCHED = Symbol('profiler.patched');

/**
 * Two things that instrumentation-pg leaves open about pools.
 *
 * `pool.query` first waits for a client, so when it reaches `client.query` the app is no longer on the stack: the call is
 * told where it is made. And a call that had to wait continues in the context of the request that gave its client
 * back, which would then be charged with the query: the callback is bound to the context of its own.
 */
export class PgPoolInstrumentation extends InstrumentationBase<PgPoolInstrumentationConfig> {
  /** Whether `client.query` is being called by `pool.query`, which has told of the call already. */
  isDispatching = false;
  #isInsideQuery = false;

  constructor(config: PgPoolInstrumentationConfig = {}) {
    super('@profiler/instrumentation-pg-pool', VERSION, config);
  }

  protected override init(): InstrumentationNodeModuleDefinition {
    return new InstrumentationNodeModuleDefinition('pg-pool', ['>=2.0.0 <4'], (exports) => {
      this.#patch((exports.default ?? exports) as PoolClass);
      return exports;
    });
  }

  #patch({ prototype }: PoolClass): void {
    if (PATCHED in prototype) return;
    Object.defineProperty(prototype, PATCHED, { value: true });
    prototype.query = this.#queryPatch(prototype.query);
    prototype.connect = this.#connectPatch(prototype.connect);
  }

  #queryPatch(original: Method): Method {
    const instrumentation = this;
    return function query(...args) {
      const text = queryTextOf(args[0]);
      const { queryCalled } = instrumentation.getConfig();
      const resultCalled = text === undefined ? undefined : queryCalled?.(text, 'postgresql', query);
      instrumentation.#isInsideQuery = true;
      try {
        const result = original.apply(this, args);
        if (resultCalled === undefined || !(result instanceof Promise)) return result;
        return result.then((rows: unknown) => {
          resultCalled();
          return rows;
        });
      } finally {
        instrumentation.#isInsideQuery = false;
      }
    };
  }

  #connectPatch(original: Method): Method {
    const instrumentation = this;
    return function connect(...args) {
      const [callback] = args;
      if (typeof callback !== 'function') return original.apply(this, args);
      const dispatching = instrumentation.#isInsideQuery;
      const bound = context.bind(context.active(), function (this: unknown, ...results: unknown[]) {
        instrumentation.isDispatching = dispatching;
        try {
          return callback.apply(this, results);
        } finally {
          instrumentation.isDispatching = false;
        }
      });
      return original.apply(this, [bound, ...args.slice(1)]);
    };
  }
}

/** `pool.query(text)` or `pool.query({ text })`. */
function queryTextOf(query: unknown): string | undefined {
  if (typeof query === 'string') return query;
  const text = (query as { text?: unknown } | null | undefined)?.text;
  return typeof text === 'string' ? text : undefined;
}
