import { context } from '@opentelemetry/api';
import {
  InstrumentationBase,
  type InstrumentationConfig,
  InstrumentationNodeModuleDefinition,
  InstrumentationNodeModuleFile,
} from '@opentelemetry/instrumentation';
import { VERSION } from '@profiler/span-processor';

export interface MySQL2PoolInstrumentationConfig extends InstrumentationConfig {
  /** Called where the app calls the pool, while the app's frames are still on the stack. */
  readonly queryCalled?: (queryText: string, system: string, caller: CallableFunction) => void;
}

type Method = (this: object, ...args: unknown[]) => unknown;
type PoolClass = { prototype: { query: Method; execute: Method; getConnection: Method } };

const PATCHED = Symbol('profiler.patched');
/** Where the class of pools is: first as it is now, then as it was before 3.11.5. */
const FILES = ['mysql2/lib/base/pool.js', 'mysql2/lib/pool.js'];

/**
 * What `PgPoolInstrumentation` does for pg: `pool.query` first waits for a connection, so when the query is made the app is
 * no longer on the stack, and whoever had to wait goes on in the context of the request that gave its connection back,
 * which would be charged with the query.
 */
export class MySQL2PoolInstrumentation extends InstrumentationBase<MySQL2PoolInstrumentationConfig> {
  constructor(config: MySQL2PoolInstrumentationConfig = {}) {
    super('@profiler/instrumentation-mysql2-pool', VERSION, config);
  }

  protected override init(): InstrumentationNodeModuleDefinition {
    const versions = ['>=2.0.0 <4'];
    const patch = (exports: unknown) => {
      this.#patch(exports);
      return exports;
    };
    const files = FILES.map((file) => new InstrumentationNodeModuleFile(file, versions, patch, () => {}));
    return new InstrumentationNodeModuleDefinition('mysql2', versions, undefined, undefined, files);
  }

  #patch(exports: unknown): void {
    const { prototype } = exports as PoolClass;
    // In newer versions the second file extends the class of the first.
    if (prototype === undefined || PATCHED in prototype) return;
    Object.defineProperty(prototype, PATCHED, { value: true });
    prototype.query = this.#queryPatch(prototype.query);
    prototype.execute = this.#queryPatch(prototype.execute);
    prototype.getConnection = getConnectionPatch(prototype.getConnection);
  }

  #queryPatch(original: Method): Method {
    const instrumentation = this;
    return function query(...args) {
      const text = queryTextOf(args[0]);
      if (text !== undefined) instrumentation.getConfig().queryCalled?.(text, 'mysql', query);
      return original.apply(this, args);
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
