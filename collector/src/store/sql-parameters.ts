import { parameterNames, parameterText, stringLiteral } from './sql-literal.ts';
import { type QueryParams, StoreError } from './store.ts';

/**
 * Puts the values of `{name:Type}` before a statement, as `SET param_name = '...'`, the way ClickHouse binds them in a
 * session. The engine reads them as values of their type, never as SQL.
 *
 * The embedded engine has a binding call of its own, but only one query of the whole process may use it at a time: a
 * slow read would hold up every other.
 */
export function bindParameters(
  sql: string,
  params: QueryParams,
  settings: Readonly<Record<string, number>> = {},
): string {
  // A session remembers parameters of earlier queries; one that this query forgot must not be taken from there.
  for (const name of parameterNames(sql)) {
    if (!Object.hasOwn(params, name)) {
      throw new StoreError(`Substitution \`${name}\` is not set`, { retryable: false, code: 456 });
    }
  }
  const assignments = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  for (const [name, value] of Object.entries(params)) {
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      throw new StoreError(`Not a name of a parameter: ${JSON.stringify(name)}`, { retryable: false, code: 36 });
    }
    assignments.push(`param_${name} = ${stringLiteral(parameterText(value))}`);
  }
  return assignments.length === 0 ? sql : `SET ${assignments.join(', ')}; ${sql}`;
}
