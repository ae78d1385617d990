/** Reads what the rules have found of an endpoint, and says it in a sentence. */
import { findings } from '../detect/findings.ts';
import { listRegressions } from '../detect/regressions.ts';
import { type Verdict, verdict } from '../detect/verdict.ts';
import type { Store } from '../store/store.ts';
import { endpointCallSites } from './endpoint-call-sites.ts';
import { endpointNumbers } from './endpoint-numbers.ts';
import { baselineWindow } from './endpoint-trends.ts';
import { listExceptions } from './exceptions.ts';
import type { ListParameters } from './parameters.ts';
import { rollupWindow } from './rollups.ts';

const FINDINGS_MAX = 20;
const EXCEPTIONS_MAX = 20;

export async function endpointVerdict(store: Store, parameters: ListParameters, nowMs: number): Promise<Verdict> {
  const { service, environment, endpoint, sinceMs, untilMs } = parameters;
  const [numbers, before, regressions, standing, exceptions, callSites] = await Promise.all([
    endpointNumbers(store, parameters, rollupWindow(sinceMs, untilMs, nowMs)),
    endpointNumbers(store, parameters, baselineWindow(parameters, nowMs)),
    listRegressions(store, { service, environment, endpoint, state: 'firing', limit: FINDINGS_MAX }),
    findings(store, { ...parameters, states: ['open', 'acknowledged'], limit: FINDINGS_MAX }, nowMs),
    listExceptions(store, { ...parameters, sort: 'count', limit: EXCEPTIONS_MAX, cursor: undefined }),
    endpointCallSites(store, parameters, nowMs),
  ]);
  return verdict({
    ...numbers,
    p95MsBefore: before.requests === 0 ? undefined : before.p95Ms,
    regressions,
    findings: standing,
    exception: exceptions.items[0],
    callSiteOf: (query) => callSites.find(({ text }) => text === query)?.callSite ?? '',
  });
}
