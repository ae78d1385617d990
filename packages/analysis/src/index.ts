export { type AttributeShare, attributeShares } from './attribute-shares.ts';
export { isBatchText } from './batch-text.ts';
export { CACHE_SYSTEMS, type CallKind, callKind, HTTP_SYSTEM, isDocumentSystem } from './call-kind.ts';
export { CallTally, HashRoom, type TalliedCall } from './call-tally.ts';
export { calledUrl } from './called-url.ts';
export { commandText, operationText } from './command-text.ts';
export { exceptionKey } from './exception-key.ts';
export {
  type FindingHistory,
  type FindingState,
  findingLifecycle,
  type Lifecycle,
  type VersionSpan,
} from './finding-lifecycle.ts';
export { findingSeverity, type Severity, type SeverityEvidence } from './finding-severity.ts';
export { FINDING_TYPES, type FindingEvidence, type FindingType, findingType } from './finding-type.ts';
export { type Fingerprint, fingerprint, fingerprintOf, OTHER_QUERIES_TEXT } from './fingerprint.ts';
export { FingerprintCache } from './fingerprint-cache.ts';
export { type Hash64, hash64 } from './hash64.ts';
export { isQueryText } from './is-query-text.ts';
export { hasAllValues, isWithoutValues } from './literal-values.ts';
export { type LogException, logOccurrenceId } from './log-exception.ts';
export { LOOP_PATH_SEPARATOR, loopPath } from './loop-path.ts';
export { isNPlusOne } from './n-plus-one.ts';
export { type Call, type Nesting, nestingOf } from './nested-calls.ts';
export { normalizeMessage } from './normalize-message.ts';
export { isPreparation } from './preparation.ts';
export { type QueryStructure, queryStructure } from './query-structure.ts';
export { type Comparison, type ComparisonWarning, type EndpointSample, type RatioOptions, ratio } from './ratio.ts';
export {
  type RequestException,
  type RequestExceptions,
  requestExceptions,
  type SupersededException,
} from './request-exceptions.ts';
export { type RequestQueries, type RequestQuery, requestQueries } from './request-queries.ts';
export { routeTemplate } from './route-template.ts';
export { type Advance, advanceAlert, type ScanAlert, type ScanKind } from './scan/advance-alert.ts';
export { type Baseline, baselineOf } from './scan/baseline.ts';
export { type EndpointSeries, emptySeries, hourOfWindow, SERIES_COLUMNS } from './scan/endpoint-series.ts';
export { baselineWindowsMax, CURRENT_WINDOWS_MAX, EndpointView } from './scan/endpoint-view.ts';
export type { StepVerdict, WhyNot } from './scan/find-step.ts';
export { SCAN_OPTIONS, type ScanOptions } from './scan/scan-options.ts';
export { type Signal, tailSignal, typicalSignal } from './scan/signal.ts';
export { Surprises } from './scan/step-evidence.ts';
export { ScopedTallies } from './scoped-tallies.ts';
export type { SpanRecord } from './span-record.ts';
export { type PlacedCalls, toldBeside } from './told-beside.ts';
