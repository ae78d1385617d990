import { exceptionKey } from './exception-key.ts';
import { type LogException, logOccurrenceId } from './log-exception.ts';
import { RequestPath } from './request-path.ts';
import type { SpanRecord } from './span-record.ts';
import { type Place, SpanTree } from './span-tree.ts';

/** One exception of one request (or outside one), however often it was recorded on its way up. */
export interface RequestException {
  /** The entry span's id; outside a request the recording span's, or a hash of the log record. */
  readonly occurrenceId: string;
  /** The entry span, whose endpoint it counts for; '' outside a request. */
  readonly entrySpanId: string;
  /** The recording span; '' when a log record named none. */
  readonly spanId: string;
  /** 16 hex digits: service, type and normalised message. */
  readonly key: string;
  /** Of the entry span; outside a request of what recorded it. */
  readonly service: string;
  /** Of the recording that won: start of its span, or time of the log record. Nanoseconds, decimal. */
  readonly timeUnixNano: string;
  readonly exceptionType: string;
  readonly exceptionMessage: string;
  readonly exceptionStacktrace: string;
  /** The span or log record that won, as it was given. */
  readonly recording: SpanRecord | LogException;
}

/** What a settled log record stood for while its span, or its request, was not there. */
export interface SupersededException {
  readonly occurrenceId: string;
  readonly key: string;
  /** One of the records that stood for it. */
  readonly log: LogException;
}

export interface RequestExceptions {
  /** Sorted by occurrence and key. */
  readonly exceptions: RequestException[];
  /** What may have been said of the settled log records before, and is no longer so. */
  readonly superseded: SupersededException[];
  /** Recordings whose chain of parents is not complete yet. */
  readonly unattributed: number;
}

/**
 * The exceptions of one trace, once per request x type x message: frameworks record one on every span that it passes,
 * and the deepest recording has the stack that shows where it was thrown.
 *
 *     SERVER GET /orders         TypeError         the same, passed on
 *       INTERNAL handler         TypeError         counted: the deepest
 *
 * What an instrumented entry span carries, its own and that of the spans folded into it, is in the tables already. A settled log record whose span never came (unsampled) goes to the trace's only request if there is exactly one, else it
 * stands for itself.
 */
export function requestExceptions(spans: readonly SpanRecord[], logs: readonly LogException[] = []): RequestExceptions {
  if (logs.length === 0 && !spans.some(isFailed)) return { exceptions: [], superseded: [], unattributed: 0 };
  const tree = new SpanTree(spans);
  const deepest = new Map<string, Recording>();
  let unattributed = 0;

  const add = (recording: Recording | undefined) => {
    if (recording === undefined) {
      unattributed++;
    } else if (!recording.ignored) {
      const other = deepest.get(recording.group);
      if (other === undefined || isPreferred(recording, other)) deepest.set(recording.group, recording);
    }
  };

  for (const span of tree.spans) {
    if (!isFailed(span)) continue;
    add(recordingAt(tree.placeOf(span), span.spanId, span.startTimeUnixNano, span));
  }
  for (const log of logs) {
    const span = tree.get(log.spanId);
    const place = span === undefined ? undefined : tree.placeOf(span);
    const ownId = log.spanId === '' ? logOccurrenceId(log) : log.spanId;
    if (place !== undefined && place.kind !== 'unknown') add(recordingAt(place, ownId, log.timeUnixNano, log));
    else add(log.settled ? recordingAt(lastResort(tree), ownId, log.timeUnixNano, log) : undefined);
  }

  const winners = [...deepest.values()].sort((a, b) => (a.group < b.group ? -1 : 1));
  const exceptions = winners.map((it) => it.exception);
  return { exceptions, superseded: supersededBy(exceptions, tree, logs), unattributed };
}

/** A settled log record without its span stands for itself; the row of an entry span is not its own. */
function supersededBy(
  exceptions: readonly RequestException[],
  tree: SpanTree,
  logs: readonly LogException[],
): SupersededException[] {
  const idOf = ({ occurrenceId, key }: { occurrenceId: string; key: string }) => `${occurrenceId}\0${key}`;
  const isSo = new Set(exceptions.map(idOf));
  const superseded = new Map<string, SupersededException>();
  for (const log of logs) {
    if (!log.settled || log.spanId === '' || tree.get(log.spanId)?.entry === true) continue;
    const key = exceptionKey(log.service, log.exceptionType, log.exceptionMessage);
    const one = { occurrenceId: log.spanId, key, log };
    if (!isSo.has(idOf(one))) superseded.set(idOf(one), one);
  }
  return [...superseded.values()].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
}

/** Recorded an exception that is not in an entry span's table. */
function isFailed(span: SpanRecord): boolean {
  return (span.exceptionType !== '' || span.exceptionMessage !== '') && !span.folded && !span.instrumented;
}

interface Recording {
  /** Recordings of one group are the same exception. */
  readonly group: string;
  readonly ignored: boolean;
  readonly depth: number;
  readonly exception: RequestException;
}

function recordingAt(
  place: Place | undefined,
  ownId: string,
  timeUnixNano: string,
  thrown: SpanRecord | LogException,
): Recording | undefined {
  if (place?.kind === 'unknown') return undefined;
  const entry = place?.kind === 'request' ? place.path.entry : undefined;
  const service = entry?.service ?? thrown.service;
  const key = exceptionKey(service, thrown.exceptionType, thrown.exceptionMessage);
  const passedUpTo = entry?.spanId ?? (place?.kind === 'outside' ? place.root.spanId : ownId);
  const { spanId, exceptionType, exceptionMessage, exceptionStacktrace } = thrown;
  return {
    group: `${passedUpTo}\0${key}`,
    ignored: entry?.ignored ?? false,
    depth: place?.depth ?? 0,
    exception: {
      occurrenceId: entry?.spanId ?? ownId,
      entrySpanId: entry?.spanId ?? '',
      spanId,
      key,
      service,
      timeUnixNano,
      exceptionType,
      exceptionMessage,
      exceptionStacktrace,
      recording: thrown,
    },
  };
}

/** Where a log record without its span belongs once nothing more will come; undefined: nowhere but to itself. */
function lastResort(tree: SpanTree): Place | undefined {
  const entries = tree.spans.filter((span) => span.entry);
  return entries.length === 1
    ? { kind: 'request', path: RequestPath.of(entries[0]!), depth: 0, above: undefined }
    : undefined;
}

/** The deeper, then the one with a stack, then the earlier; the rest only makes the choice independent of order. */
function isPreferred(a: Recording, b: Recording): boolean {
  if (a.depth !== b.depth) return a.depth > b.depth;
  const [x, y] = [a.exception, b.exception];
  if ((x.exceptionStacktrace === '') !== (y.exceptionStacktrace === '')) return x.exceptionStacktrace !== '';
  return orderOf(x) < orderOf(y);
}

function orderOf(it: RequestException): string {
  return [it.timeUnixNano.padStart(20, '0'), it.spanId, it.exceptionMessage, it.exceptionStacktrace].join('\0');
}
