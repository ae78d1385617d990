import { type ExpectedFinding, PATHS, type Path, type Scenario, type SpanText } from './scenario.ts';

const INDENT = 2;
const UNIT_MS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 };

/** Reads the text of a scenario; every line that is not understood is an error that names it. */
export function parseScenario(name: string, text: string): Scenario {
  const lines = text.split('\n');
  const separator = lines.indexOf('---');
  if (separator < 0) throw new Error(`${name}: no line --- between the spans and the findings`);
  const title = /^# (.+)/.exec(lines[0] ?? '')?.[1];
  if (title === undefined) throw new Error(`${name}: the first line says, after #, what it is about`);
  let requests = 1;
  const roots: SpanText[] = [];
  const open: SpanText[] = [];
  for (const [index, line] of lines.slice(0, separator).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const count = /^requests (\d+)$/.exec(line)?.[1];
    if (count !== undefined) {
      requests = Number(count);
      continue;
    }
    const depth = line.search(/\S/) / INDENT;
    if (!Number.isInteger(depth) || depth > open.length) throw new Error(`${name}:${index + 1}: indented by ${depth}`);
    const span = spanOf(line.trim(), `${name}:${index + 1}`, index + 1);
    (depth === 0 ? roots : open[depth - 1]!.children).push(span);
    open.splice(depth, open.length, span);
  }
  const expected = lines
    .slice(separator + 1)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#') && line !== 'none')
    .map((line) => findingOf(line, name));
  const saysNone = lines.slice(separator + 1).some((line) => line.trim() === 'none');
  if (saysNone === expected.length > 0) throw new Error(`${name}: either findings are expected, or none`);
  return { name, title, requests, roots, expected };
}

function spanOf(text: string, where: string, line: number): SpanText {
  const bar = text.indexOf(' | ');
  const extras = pairs(bar < 0 ? '' : text.slice(bar + 3));
  let rest = bar < 0 ? text : text.slice(0, bar).trimEnd();
  let times = 1;
  let sideBySide = false;
  const repeat = /^(\d+)(x|\|\|) /.exec(rest);
  if (repeat !== null) {
    times = Number(repeat[1]);
    sideBySide = repeat[2] === '||';
    rest = rest.slice(repeat[0].length);
  }
  let durationMs: number | undefined;
  let afterMs = 0;
  for (;;) {
    const timing = / (for|after) ([\d.]+)(us|ms|s)$/.exec(rest);
    if (timing === null) break;
    const ms = Number(timing[2]) * UNIT_MS[timing[3]!]!;
    if (timing[1] === 'for') durationMs = ms;
    else afterMs = ms;
    rest = rest.slice(0, timing.index);
  }
  const [, head, of] = /^([a-z][a-z-]*) (.+)$/.exec(rest) ?? [];
  if (head === undefined || of === undefined) throw new Error(`${where}: not a span: ${text}`);
  return { line, head, text: of, times, sideBySide, durationMs, afterMs, extras, children: [] };
}

function findingOf(line: string, name: string): ExpectedFinding {
  const [, path, type, endpoint, facts = ''] = /^(?:(otlp|app): )?([a-z_]+) (\S+ \S+)(?: \| (.*))?$/.exec(line) ?? [];
  if (type === undefined || endpoint === undefined) throw new Error(`${name}: not a finding: ${line}`);
  return { type, endpoint, path: PATHS.find((it): it is Path => it === path), facts: pairs(facts) };
}

function pairs(text: string): Record<string, string> {
  const parts = text === '' ? [] : text.split('; ');
  return Object.fromEntries(
    parts.map((part) => {
      const equals = part.indexOf('=');
      return equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
    }),
  );
}
