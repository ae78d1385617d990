import type { Attributes } from '../support/otlp.ts';
import type { Random } from './random.ts';
import { clientAttributes, internalAttributes, queryAttributes, serverAttributes } from './shop-attributes.ts';
import { routesOf, SERVICES, type ShopRoute, type ShopService, statementsOf } from './shop-services.ts';

/** A span before it has ids and a place in time. */
export interface LoadSpan {
  readonly service: ShopService;
  /** Place of the parent in the trace, -1 for the root; a parent comes before its children. */
  readonly parent: number;
  readonly name: string;
  /** As OTLP numbers them: 1 internal, 2 server, 3 client. */
  readonly kind: 1 | 2 | 3;
  /** From the trace's start. */
  startNs: number;
  durationNs: number;
  readonly attributes: Attributes;
  readonly failure?: { readonly type: string; readonly message: string };
}

const MS = 1e6;
/** No span of a trace ends later than this after its start. */
export const TRACE_NS_MAX = 1_600 * MS;

/**
 * One request to the shop, of four kinds:
 *
 *     read   45 %   SERVER - INTERNAL - 5 to 8 queries
 *     call   35 %   SERVER - CLIENT - SERVER of another service - INTERNAL - 4 to 7 queries
 *     N+1    15 %   SERVER - INTERNAL - a query, then the same other one 10 to 12 times
 *     fail    5 %   SERVER - INTERNAL - 3 to 6 queries, the last of which fails, and with it the request
 *
 * @param number eight digits that stand for the request's ids in paths and statements
 */
export function shopTrace(random: Random, number: string, services: number): LoadSpan[] {
  const trace = new TraceBuilder(random, number, SERVICES.slice(0, services));
  const kind = random.unit();
  if (kind < 0.45) trace.read();
  else if (kind < 0.8) trace.call();
  else if (kind < 0.95) trace.nPlusOne();
  else trace.fail();
  return trace.finish();
}

class TraceBuilder {
  private readonly random: Random;
  private readonly number: string;
  private readonly services: readonly ShopService[];
  private readonly spans: LoadSpan[] = [];
  private clockNs = 0;

  constructor(random: Random, number: string, services: readonly ShopService[]) {
    this.random = random;
    this.number = number;
    this.services = services;
  }

  read(): void {
    const service = this.random.pick(this.services);
    const route = this.random.pick(routesOf(service));
    const entry = this.open(-1, service, route);
    for (let count = this.random.whole(5, 8); count > 0; count--) this.query(entry.inner, service);
    this.close(entry);
  }

  call(): void {
    const outer = this.services[0]!;
    const inner = this.random.pick(this.services);
    const entry = this.open(-1, outer, this.random.pick(routesOf(outer)), false);
    const route = this.random.pick(routesOf(inner));
    const attributes = clientAttributes(this.random, inner, route, this.number, 200);
    const client = this.add({ service: outer, parent: entry.inner, name: route.method, kind: 3, attributes });
    const called = this.open(client, inner, route);
    for (let count = this.random.whole(4, 7); count > 0; count--) this.query(called.inner, inner);
    this.close(called);
    this.end(client);
    this.close(entry);
  }

  nPlusOne(): void {
    const service = this.random.pick(this.services);
    const routes = routesOf(service);
    const entry = this.open(-1, service, routes[1]!);
    this.query(entry.inner, service, 1);
    for (let count = this.random.whole(10, 12); count > 0; count--) this.query(entry.inner, service, 4);
    this.close(entry);
  }

  fail(): void {
    const service = this.random.pick(this.services);
    const route = routesOf(service)[2]!;
    const failure = {
      type: 'QueryFailedError',
      message: 'could not serialize access due to concurrent update',
    };
    const entry = this.open(-1, service, route, true, failure);
    for (let count = this.random.whole(3, 6); count > 1; count--) this.query(entry.inner, service);
    this.query(entry.inner, service, 2, failure);
    this.close(entry);
  }

  finish(): LoadSpan[] {
    return this.spans;
  }

  private open(
    parent: number,
    service: ShopService,
    route: ShopRoute,
    withController = true,
    failure?: LoadSpan['failure'],
  ): { entry: number; inner: number } {
    const statusCode = failure === undefined ? (route.method === 'POST' ? 201 : 200) : 500;
    const attributes = serverAttributes(this.random, route, this.number, statusCode);
    const name = `${route.method} ${route.route}`;
    const entry = this.add({ service, parent, name, kind: 2, attributes, ...(failure && { failure }) });
    if (!withController) return { entry, inner: entry };
    const controller = internalAttributes(this.random, service, route);
    const inner = this.add({ service, parent: entry, name: 'controller', kind: 1, attributes: controller });
    return { entry, inner };
  }

  private close({ entry, inner }: { entry: number; inner: number }): void {
    this.end(inner);
    if (entry !== inner) this.end(entry);
  }

  private query(parent: number, service: ShopService, which?: number, failure?: LoadSpan['failure']): void {
    const statements = statementsOf(service, this.number);
    const statement = which === undefined ? this.random.pick(statements) : statements[which]!;
    const attributes = queryAttributes(this.random, service, statement);
    const name = `${statement.operation} ${statement.table}`;
    const place = this.add({ service, parent, name, kind: 3, attributes, ...(failure && { failure }) });
    // One in two hundred is a slow query, and one in a few of those makes a slow request.
    const slow = this.random.unit() < 0.005;
    this.clockNs += slow ? this.random.whole(110, 1_100) * MS : Math.min(this.random.logNormal(1.2, 0.7), 20) * MS;
    this.end(place);
  }

  private add(span: Omit<LoadSpan, 'startNs' | 'durationNs'>): number {
    this.clockNs += this.random.whole(20_000, 400_000);
    this.spans.push({ ...span, startNs: this.clockNs, durationNs: 0 });
    return this.spans.length - 1;
  }

  private end(place: number): void {
    this.clockNs = Math.min(this.clockNs + this.random.whole(10_000, 100_000), TRACE_NS_MAX);
    const span = this.spans[place]!;
    span.startNs = Math.min(Math.floor(span.startNs), TRACE_NS_MAX - 1_000);
    span.durationNs = Math.max(1_000, Math.floor(this.clockNs) - span.startNs);
  }
}
