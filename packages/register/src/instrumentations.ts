import { IncomingMessage, ServerResponse } from 'node:http';
import { FastifyOtelInstrumentation } from '@fastify/otel';
import type { Span } from '@opentelemetry/api';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { KnexInstrumentation } from '@opentelemetry/instrumentation-knex';
import { MongoDBInstrumentation } from '@opentelemetry/instrumentation-mongodb';
import { MongooseInstrumentation } from '@opentelemetry/instrumentation-mongoose';
import { MySQL2Instrumentation } from '@opentelemetry/instrumentation-mysql2';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { RedisInstrumentation } from '@opentelemetry/instrumentation-redis';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { PrismaInstrumentation } from '@prisma/instrumentation';
import type { ProfilerSpanProcessor } from '@profiler/span-processor';
import { HonoInstrumentation } from './hono-instrumentation.ts';
import { mongodbStatement } from './mongodb-statement.ts';
import { MySQL2PoolInstrumentation } from './mysql2-pool-instrumentation.ts';
import { PgPoolInstrumentation } from './pg-pool-instrumentation.ts';
import { SqliteInstrumentation } from './sqlite-instrumentation.ts';

/** What is instrumented. Another framework or database is another line. */
export function createInstrumentations(processor: ProfilerSpanProcessor): Instrumentation[] {
  const queryCalled = processor.queryCalled.bind(processor);
  const pgPool = new PgPoolInstrumentation({ queryCalled });
  return [
    new HttpInstrumentation({ applyCustomAttributesOnSpan: markAborted }),
    new UndiciInstrumentation(),
    new ExpressInstrumentation(),
    new FastifyOtelInstrumentation({ registerOnInitialization: true }),
    new HonoInstrumentation(),
    pgPool,
    new PgInstrumentation({
      ignoreConnectSpans: true,
      requestHook: (span, { query: { text, values } }) => {
        if (!pgPool.isDispatching) queryCalled(text, 'postgresql');
        processor.queryValues(span, text, values);
      },
    }),
    new MySQL2PoolInstrumentation({ queryCalled }),
    // The statement as it is called; else bind values are written into it or not, by the order in which mysql2's files load.
    new MySQL2Instrumentation({ maskStatement: true, maskStatementHook: (text) => text }),
    new MongoDBInstrumentation({ dbStatementSerializer: mongodbStatement }),
    new MongooseInstrumentation(),
    new IORedisInstrumentation(),
    new RedisInstrumentation(),
    new SqliteInstrumentation({ queryValues: processor.queryValues.bind(processor) }),
    new KnexInstrumentation(),
    new PrismaInstrumentation(),
  ];
}

/** A client that went away leaves a span that says 200: the response was never ended. */
function markAborted(span: Span, request: unknown, response: unknown): void {
  if (request instanceof IncomingMessage && response instanceof ServerResponse && !response.writableEnded) {
    span.setAttribute('profiler.aborted', true);
  }
}
