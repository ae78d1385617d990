/**
 * The conditions that every list shares, as SQL with bound parameters. Tables name the columns alike: `service`,
 * `environment`, `version`, `method`, `route`.
 */
import type { QueryParams } from '../store/store.ts';

export interface RowFilter {
  readonly service?: string | undefined;
  readonly environment?: string | undefined;
  readonly version?: string | undefined;
  /** `METHOD route`, or a route alone. */
  readonly endpoint?: string | undefined;
}

export interface Conditions {
  /** Joined by AND; `1` when there is none. */
  readonly sql: string;
  readonly params: QueryParams;
}

/** A method is upper-case letters, or what stands for one outside HTTP (`grpc`): anything before the first blank. */
export function rowFilter(filter: RowFilter): Conditions {
  const conditions: string[] = [];
  const params: Record<string, string> = {};
  for (const name of ['service', 'environment', 'version'] as const) {
    const value = filter[name];
    if (value === undefined) continue;
    conditions.push(`${name} = {${name}:String}`);
    params[name] = value;
  }
  if (filter.endpoint !== undefined) {
    conditions.push(`(route = {endpoint:String} OR concat(method, ' ', route) = {endpoint:String})`);
    params.endpoint = filter.endpoint;
  }
  return { sql: conditions.join(' AND ') || '1', params };
}
