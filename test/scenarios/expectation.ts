import type { Finding } from '../../collector/src/api/types.ts';
import type { ExpectedFinding, Path, Scenario } from './scenario.ts';

/** What a scenario may say of a finding, and how that is read off one. */
const FACTS: Readonly<Record<string, (finding: Finding, text: string) => unknown>> = {
  repeats: (finding) => String(finding.repeatsP50),
  severity: (finding) => finding.severity,
  path: (finding) => finding.loopPath,
  distinct: (finding) => String(finding.distinctValues),
  query: (finding, text) => (finding.query.includes(text) ? text : finding.query),
  seen: (finding) => String(finding.occurrences),
  savedMs: (finding) => String(Math.round(finding.savedMsPerRequest)),
  ms: (finding) => String(Math.round(finding.msPerRequest)),
  service: (finding) => finding.service,
};

/** The findings that a scenario expects of a path, a line each, in order. */
export function expectedLines({ expected }: Scenario, path: Path): string[] {
  return on(expected, path).map(expectedLine).sort();
}

/** The findings of a scenario among all, written as it writes them, each with the facts that the expected one names. */
export function foundLines(found: readonly Finding[], scenario: Scenario, path: Path): string[] {
  const expected = on(scenario.expected, path);
  return found
    .filter(({ service }) => service === scenario.name || service.startsWith(`${scenario.name}/`))
    .map((finding) => {
      const like = expected.filter((it) => it.type === finding.type && it.endpoint === finding.endpoint);
      // Of several of one type in one endpoint, the one that fits.
      const fits = like.find((it) => foundLine(finding, it.facts) === expectedLine(it)) ?? like[0];
      return foundLine(finding, fits?.facts ?? {});
    })
    .sort();
}

function on(expected: readonly ExpectedFinding[], path: Path): ExpectedFinding[] {
  return expected.filter((finding) => finding.path === undefined || finding.path === path);
}

function foundLine(finding: Finding, facts: Readonly<Record<string, string>>): string {
  const read = Object.entries(facts).map(([name, text]) => `${name}=${FACTS[name]?.(finding, text)}`);
  return [`${finding.type} ${finding.endpoint}`, ...read].join('; ');
}

function expectedLine({ type, endpoint, facts }: ExpectedFinding): string {
  return [`${type} ${endpoint}`, ...Object.entries(facts).map(([name, text]) => `${name}=${text}`)].join('; ');
}
