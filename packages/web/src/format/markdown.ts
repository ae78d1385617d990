// Findings, exceptions and traces as Markdown for an issue. What comes from spans stands in code, whose fence is longer than any run of
// backticks in it: so no text can end it and become markup.

import type { ExceptionDetail, Finding, Trace, TraceSpan } from '@profiler/collector/api-types';
import { type FoldedRow, fold } from '../waterfall/fold.ts';
import { counted } from './count.ts';
import { duration } from './duration.ts';
import { prettySql } from './sql.ts';

const ROWS_MAX = 60;
const TEXT_CHARS_MAX = 4_000;

export function findingMarkdown(finding: Finding, type: string, address: string): string {
  const facts: [string, string][] = [
    ['Service', inCode(finding.service)],
    ['Line', inCode(finding.callSite)],
    ['In', inCode(finding.loopPath)],
    [
      'Repeats per request',
      finding.repeatsMax > 1 ? `${finding.repeatsP50} typical, ${finding.repeatsMax} at most` : '',
    ],
    ['Time per request', duration(finding.msPerRequest)],
    ['A fix saves', finding.savedMsPerRequest > 0 ? `up to ${duration(finding.savedMsPerRequest)} a request` : ''],
    ['Seen', `in ${counted(finding.occurrences, 'request')}, ${finding.firstSeen} to ${finding.lastSeen}`],
    ['First version', inCode(finding.firstVersion)],
  ];
  return [
    `## ${type}: ${inCode(finding.endpoint)}`,
    inCode(finding.summary),
    finding.query && block('sql', prettySql(finding.query)),
    facts
      .filter(([, value]) => value !== '')
      .map(([name, value]) => `- ${name}: ${value}`)
      .join('\n'),
    `[Finding](${address})`,
  ]
    .filter(Boolean)
    .join('\n\n');
}

export function traceMarkdown(trace: Trace, entry: TraceSpan, address: string): string {
  const loops = trace.queries.filter(({ nPlusOne }) => nPlusOne);
  const { lines, left } = tree(fold(trace.spans));
  return [
    `## ${inCode(`${entry.method} ${entry.route}`.trim() || entry.name)}: ${duration(entry.durationMs)}`,
    [
      `- Trace: ${inCode(trace.traceId)}, ${trace.startedAt}`,
      `- Service: ${inCode(entry.service)}${entry.version ? ` ${inCode(entry.version)}` : ''}`,
      ...(entry.exceptionType ? [`- Exception: ${inCode(`${entry.exceptionType}: ${entry.exceptionMessage}`)}`] : []),
      ...loops.map((query) => `- N+1, ${query.calls} times, ${duration(query.totalMs)}: ${inCode(query.text)}`),
      ...loops.flatMap(({ callSite }) => (callSite ? [`  at ${inCode(callSite)}`] : [])),
    ].join('\n'),
    block('', [...lines, ...(left > 0 ? [`… ${left} more`] : [])].join('\n')),
    entry.exceptionStacktrace && block('', entry.exceptionStacktrace),
    `[Trace](${address})`,
  ]
    .filter(Boolean)
    .join('\n\n');
}

export function exceptionMarkdown(exception: ExceptionDetail, address: string): string {
  const { type, message, service, endpoints, versions, stack, firstSeen, lastSeen } = exception;
  return [
    `## ${inCode(type || 'Exception')}`,
    inCode(message),
    [
      `- Service: ${inCode(service)}`,
      `- Seen: ${counted(exception.count, 'time')}, ${firstSeen} to ${lastSeen}`,
      `- Versions: ${versions.map(({ version, count }) => `${inCode(version) || 'not sent'} (${count})`).join(', ')}`,
      ...endpoints.slice(0, 10).map(({ endpoint, count }) => `- ${inCode(endpoint) || 'outside a request'}: ${count}`),
    ].join('\n'),
    stack && block('', stack),
    `[Exception](${address})`,
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** As the waterfall shows it, folded; a name that holds a line break stays on its line. */
function tree(roots: readonly FoldedRow[]): { lines: string[]; left: number } {
  const waiting = roots.map((row): [FoldedRow, number] => [row, 0]).reverse();
  const lines: string[] = [];
  let left = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [row, depth] = next;
    if (lines.length >= ROWS_MAX) {
      left++;
      continue;
    }
    const times = row.spans.length > 1 ? ` x${row.spans.length}` : '';
    const failed = row.hasError ? ' (failed)' : '';
    const name = oneLine(row.spans[0]!.name);
    lines.push(`${'  '.repeat(Math.min(depth, 20))}${name}${times}  ${duration(row.totalMs)}${failed}`);
    for (const child of [...row.children].reverse()) waiting.push([child, depth + 1]);
  }
  return { lines, left };
}

/** `` `text` ``; nothing for nothing. */
export function inCode(text: string): string {
  const line = oneLine(text);
  if (line === '') return '';
  const fence = '`'.repeat(longestRun(line) + 1);
  return fence.length > 1 ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
}

function block(language: string, text: string): string {
  const held = text.slice(0, TEXT_CHARS_MAX);
  const fence = '`'.repeat(Math.max(3, longestRun(held) + 1));
  return `${fence}${language}\n${held}\n${fence}`;
}

const oneLine = (text: string) => text.slice(0, TEXT_CHARS_MAX).replace(/\s+/gu, ' ').trim();
const longestRun = (text: string) => Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
