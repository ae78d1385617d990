import { context } from '@opentelemetry/api';
import { getRPCMetadata, RPCType } from '@opentelemetry/core';
import { InstrumentationBase, InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation';
import { VERSION } from '@profiler/span-processor';

/** The little of Hono's types that is used. */
interface HonoContext {
  readonly req: {
    readonly matchedRoutes?: readonly { handler: unknown; path: string }[];
    readonly routeIndex?: number;
  };
  readonly error?: Error | undefined;
}
type Next = () => Promise<void>;
type HonoClass = new (...args: unknown[]) => { use(middleware: typeof profilerRoute): unknown };

/**
 * Hono tells the HTTP instrumentation neither the route that answered nor the exception that its error handler swallowed:
 * every app gets one middleware, before its own, that does.
 */
export class HonoInstrumentation extends InstrumentationBase {
  constructor() {
    super('@profiler/instrumentation-hono', VERSION, {});
  }

  protected override init(): InstrumentationNodeModuleDefinition {
    return new InstrumentationNodeModuleDefinition('hono', ['>=4 <5'], (exports) => {
      const Hono = exports.Hono as HonoClass | undefined;
      if (Hono === undefined) return exports;
      const Instrumented = instrumented(Hono);
      if (exports[Symbol.toStringTag] === 'Module') {
        exports.Hono = Instrumented;
        return exports;
      }
      return new Proxy(exports, { get: (target, key) => (key === 'Hono' ? Instrumented : Reflect.get(target, key)) });
    });
  }
}

function instrumented(Hono: HonoClass): HonoClass {
  return new Proxy(Hono, {
    construct(target, args, newTarget) {
      const app = Reflect.construct(target, args, newTarget) as InstanceType<HonoClass>;
      app.use(profilerRoute);
      return app;
    },
  });
}

/** One function for all apps, so that one mounted in another is known as ours too. */
async function profilerRoute(c: HonoContext, next: Next): Promise<void> {
  await next();
  const metadata = getRPCMetadata(context.active());
  if (metadata?.type !== RPCType.HTTP) return;
  const answered = c.req.matchedRoutes?.[c.req.routeIndex ?? 0];
  if (answered !== undefined && answered.handler !== profilerRoute && !isCatchAll(answered.path)) {
    metadata.route = answered.path;
  }
  if (c.error !== undefined && !isIntended(c.error)) metadata.span.recordException(c.error);
}

/** A middleware for every path that answered itself is no route. */
function isCatchAll(path: string): boolean {
  return path === '*' || path === '/*';
}

/** `HTTPException(404)` is an answer, not a failure. */
function isIntended(error: Error): boolean {
  const { status } = error as { status?: unknown };
  return 'getResponse' in error && typeof status === 'number' && status < 500;
}
