import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import {
  InstrumentationBase,
  type InstrumentationConfig,
  InstrumentationNodeModuleDefinition,
} from '@opentelemetry/instrumentation';
import type { ProfilerSpanProcessor } from '@profiler/span-processor';
import { VERSION } from '@profiler/span-processor';

export interface SqliteInstrumentationConfig extends InstrumentationConfig {
  /** Shown the bind values of each query whose span has started. */
  readonly queryValues?: ProfilerSpanProcessor['queryValues'];
}

type Method = (this: object, ...args: unknown[]) => unknown;
type DatabaseClass = { prototype: { prepare: (this: object, ...args: unknown[]) => object } };
type StatementPrototype = Partial<Record<(typeof EXECUTING)[number], Method>>;

const EXECUTING = ['run', 'get', 'all', 'iterate'] as const;
const PATCHED = Symbol('profiler.patched');

/**
 * better-sqlite3, and libsql, which has the same API; OpenTelemetry has no instrumentation of them. A statement is prepared
 * once and run often: each run is a query. All of it is synchronous, but for the rows of `iterate`, which are not waited for.
 */
export class SqliteInstrumentation extends InstrumentationBase<SqliteInstrumentationConfig> {
  /** libsql's `all` is made of its `iterate`. */
  #isExecuting = false;
  readonly #texts = new WeakMap<object, { text: string; database: string }>();

  constructor(config: SqliteInstrumentationConfig = {}) {
    super('@profiler/instrumentation-sqlite', VERSION, config);
  }

  protected override init(): InstrumentationNodeModuleDefinition[] {
    const patch = (exports: { default?: unknown }) => {
      this.#patchDatabase((exports.default ?? exports) as DatabaseClass);
      return exports;
    };
    return [
      new InstrumentationNodeModuleDefinition('better-sqlite3', ['>=7'], patch),
      new InstrumentationNodeModuleDefinition('libsql', ['>=0.3'], patch),
    ];
  }

  #patchDatabase({ prototype }: DatabaseClass): void {
    if (PATCHED in prototype) return;
    Object.defineProperty(prototype, PATCHED, { value: true });
    const instrumentation = this;
    const { prepare } = prototype;
    prototype.prepare = function (...args) {
      const statement = prepare.apply(this, args);
      const { name } = this as { name?: unknown };
      if (typeof args[0] === 'string') {
        const database = typeof name === 'string' ? name.replace(/.*[\\/]/, '') : '';
        instrumentation.#texts.set(statement, { text: args[0], database });
        instrumentation.#patchStatement(Object.getPrototypeOf(statement));
      }
      return statement;
    };
  }

  #patchStatement(prototype: StatementPrototype): void {
    if (Object.hasOwn(prototype, PATCHED)) return;
    Object.defineProperty(prototype, PATCHED, { value: true });
    for (const name of EXECUTING) {
      const method = prototype[name];
      if (method !== undefined) prototype[name] = this.#executePatch(method);
    }
  }

  #executePatch(original: Method): Method {
    const instrumentation = this;
    return function execute(...args) {
      const known = instrumentation.#texts.get(this);
      if (known === undefined || instrumentation.#isExecuting) return original.apply(this, args);
      const { text, database } = known;
      const span = instrumentation.tracer.startSpan(/^\s*(\w*)/.exec(text)?.[1]?.toUpperCase() || 'sqlite', {
        kind: SpanKind.CLIENT,
        attributes: {
          'db.system.name': 'sqlite',
          'db.query.text': text,
          ...(database && { 'db.namespace': database }),
        },
      });
      instrumentation.getConfig().queryValues?.(span, text, args.flat());
      instrumentation.#isExecuting = true;
      try {
        return original.apply(this, args);
      } catch (error) {
        if (error instanceof Error) span.recordException(error);
        span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
        throw error;
      } finally {
        instrumentation.#isExecuting = false;
        span.end();
      }
    };
  }
}
