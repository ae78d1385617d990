/** The report as GitHub shows it on the page of a workflow run: Markdown, appended to `$GITHUB_STEP_SUMMARY`. */
import { type CiReport, changeText, type EndpointReport, timesText, verdictText } from './report.ts';

/** GitHub takes 1 MiB of a step. */
const ROWS_MAX = 200;

export function githubSummary(report: CiReport): string {
  const told = report.endpoints.filter(({ verdict }) => verdict !== 'same');
  const rows = told.slice(0, ROWS_MAX).map(row);
  return [
    `### ${report.ok ? '✅' : '❌'} Profiler: ${verdictText(report)}`,
    '',
    ...(rows.length === 0
      ? []
      : ['| Endpoint | Queries a request | What |', '|---|---|---|', ...rows, ...rest(told.length)]),
    `Compared ${report.current.requests} requests with ${code(report.baseline.name)}; ${report.notExercised.length} endpoints of it got no request.`,
    '',
  ].join('\n');
}

function row(each: EndpointReport): string {
  const at = (callSite: string) => (callSite === '' ? '' : `<br>at ${code(callSite)}`);
  const reasons = [
    ...each.newNPlusOnes.map(
      (found) => `**new N+1**, ${found.repeats} times: ${code(found.query)}${at(found.callSite)}`,
    ),
    ...each.moreCalls.map((query) => `${timesText(query)}: ${code(query.text)}${at(query.callSite)}`),
  ];
  const what = reasons.length > 0 ? reasons.join('<br>') : WHAT[each.verdict];
  return `| ${each.verdict === 'grown' ? '❌ ' : ''}${code(each.endpoint)} ${escaped(each.service)} | ${changeText(each, '→')} | ${what} |`;
}

const WHAT: Readonly<Record<EndpointReport['verdict'], string>> = {
  grown: 'more queries',
  new: 'not in the baseline',
  fewer: 'fewer queries',
  same: '',
  not_compared: 'too few requests to compare',
};

function rest(rows: number): string[] {
  return rows > ROWS_MAX ? ['', `${rows - ROWS_MAX} more endpoints are in the log.`, ''] : [''];
}

const TEXT_CHARS_MAX = 400;

/** In `<code>`: backticks cannot hold a text that has some, and MySQL's have. */
function code(text: string): string {
  return `<code>${escaped(text)}</code>`;
}

/** What an app sent must not end the cell or the element. */
function escaped(text: string): string {
  const cut = text.length > TEXT_CHARS_MAX ? `${text.slice(0, TEXT_CHARS_MAX - 1)}…` : text;
  return cut
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .replace(/[&<>|`*_[\]\\]/g, (character) => `&#${character.charCodeAt(0)};`);
}
