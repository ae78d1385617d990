import { context } from '@opentelemetry/api';
import {
  InstrumentationBase,
  type InstrumentationConfig,
  InstrumentationNodeModuleDefinition,
  InstrumentationNodeModuleFile,
} from '@opentelemetry/instrumentation';
import { VERSION } from '@profiler/span-processor';

export interface MySQL2PoolInstrumentationConfig extends InstrumentationConfig {
  /** Called where the app calls the pool, while the app's frames are still on the stack; what it returns, where the result is given. */
  readonly queryCalled?: (queryText: string, system: string, caller: CallableFunction) => (() => void) | undefined;
}

type Method = (this: object, ...args: unknown[]) => unknown;
type PoolClass = { prototype: { query: Method; execute: Method; getConnection: Method } };
type Callbacks = 'callback' | 'promise';

const PATCHED = Symbol('profiler.patched');
/** Where the classes of pools are; the second holds the first in versions before 3.11.5. */
const FILES = {
  'mysql2/lib/base/pool.js': 'callback',
  'mysql2/lib/pool.js': 'callback',
  'mysql2/lib/promise/pool.js': 'promise',
} as const;

/**
 * What `PgPoolInstrumentation` does for pg: `pool.query` first waits for a connection, so when the query is made the app is
 * no longer on the stack, and whoever had to wait goes on in the context of the request that gave its connection back,
 * which would be charged with the query.
 */
export class MySQL2PoolInstrumentation extends InstrumentationBase<MySQL2PoolInstrumentationConfig> {
  /** A pool with promises calls one with callbacks, and has told of the call already. */
  #isTold = false;

  constructor(config: MySQL2PoolInstrumentationConfig = {}) {
    super('@profiler/instrumentation-mysql2-pool', VERSION, config);
  }

  protected override init(): InstrumentationNodeModuleDefinition {
    const versions = ['>=2.0.0 <4'];
    const files = Object.entries(FILES).map(([file, kind]) => {
      const patch = (exports: unknown) => {
        this.#patch(exports, kind);
        return exports;
      };
      return new InstrumentationNodeModuleFile(file, versions, patch, () => {});
    });
    return new InstrumentationNodeModuleDefinition('mysql2', versions, undefined, undefined, files);
  }

  #patch(exports: unknown, kind: Callbacks): void {
    const { prototype } = exports as PoolClass;
    // In newer versions the second file extends the class of the first.
    if (prototype === undefined || PATCHED in prototype) return;
    Object.defineProperty(prototype, PATCHED, { value: true });
    prototype.query = this.#queryPatch(prototype.query);
    prototype.execute = this.#queryPatch(prototype.execute);
    if (kind === 'callback') prototype.getConnection = getConnectionPatch(prototype.getConnection);
  }

  #queryPatch(original: Method): Method {
    const instrumentation = this;
    return function query(...args) {
      if (instrumentation.#isTold) return original.apply(this, args);
      const text = queryTextOf(args[0]);
      const { queryCalled } = instrumentation.getConfig();
      const resultCalled = text === undefined ? undefined : queryCalled?.(text, 'mysql', query);
      instrumentation.#isTold = true;
      try {
        const result = original.apply(this, args);
        if (resultCalled === undefined || !(result instanceof Promise)) return result;
        return result.then((rows: unknown) => {
          resultCalled();
          return rows;
        });
      } finally {
        instrumentation.#isTold = false;
      }
    };
  }
}

function getConnectionPatch(original: Method): Method {
  return function getConnection(...args) {
    const [callback] = args;
    if (typeof callback !== 'function') return original.apply(this, args);
    return original.apply(this, [context.bind(context.active(), callback), ...args.slice(1)]);
  };
}

/** `pool.query(text)` or `pool.query({ sql })`. */
function queryTextOf(query: unknown): string | undefined {
  if (typeof query === 'string') return query;
  const text = (query as { sql?: unknown } | null | undefined)?.sql;
  return typeof text === 'string' ? text : undefined;
}
