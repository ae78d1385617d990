import type { Trace, TraceSpan } from '../api/types.ts';
import { ms } from './format.ts';
import { paint, table } from './table.ts';

const QUERY_CHARACTERS_MAX = 100;

/** The tree, a line for each span with its time; then what each request asked its databases. */
export function traceText(trace: Trace): string {
  const heading = `trace ${trace.traceId}  ${trace.startedAt}  ${ms(trace.durationMs)}  ${trace.spanCount} spans`;
  const lines = trace.spans.flatMap((root) => spanLines(root, ''));
  const queries = table(
    [
      {
        title: 'CALLS',
        cell: (row) => ({ text: String(row.calls), style: row.nPlusOne ? 'red' : undefined }),
        align: 'right',
      },
      { title: 'TOTAL', cell: (row) => ms(row.totalMs), align: 'right' },
      { title: 'CALLED FROM', cell: (row) => row.callSite || '-' },
      { title: 'QUERY', cell: (row) => row.text, flexible: true },
    ],
    trace.queries,
    process.stdout.columns,
  );
  return [paint('bold', heading), ...lines, ...(trace.queries.length > 0 ? ['', queries] : [])].join('\n');
}

function spanLines(span: TraceSpan, indent: string): string[] {
  const what = span.queryText === '' ? span.name : span.queryText.slice(0, QUERY_CHARACTERS_MAX);
  const failed = span.status === 'error' || span.exceptionType !== '';
  const text = `${what}${span.exceptionType === '' ? '' : `  ${span.exceptionType}: ${span.exceptionMessage}`}`;
  // What an app sent must not steer the terminal.
  const shown = text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
  const line = `${indent}${paint(failed ? 'red' : undefined, shown)}  ${paint('dim', `${span.service}  +${ms(span.offsetMs)}  ${ms(span.durationMs)}`)}`;
  return [line, ...span.children.flatMap((child) => spanLines(child, `${indent}  `))];
}
