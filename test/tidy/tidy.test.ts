import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FILES, isCode, isTest, ROOT, read } from './repository.ts';

const LINES_MAX = 300;
const TEST_LINES_MAX = 700;

/** Files that are longer because they are one thing that does not divide. */
const LONGER: Readonly<Record<string, number>> = {
  'collector/src/api/types.ts': 350, // the rows of the API: a list, read as a reference
  'packages/analysis/src/query-lexer.ts': 350, // one state machine
  'packages/analysis/src/normalize-query.ts': 350, // one pass over its tokens
};

/** Written by a program, or the words of someone else. */
const GENERATED = /^(package-lock\.json|LICENSE|dashboards\/grafana\/)|\.(png|svg|ico|woff2)$/;
const OWN = FILES.filter((file) => !GENERATED.test(file));

/** `file:line` of every match outside this folder, which has to name what it looks for. */
function found(pattern: RegExp, files: readonly string[]): string[] {
  return files
    .filter((file) => !file.startsWith('test/tidy/'))
    .flatMap((file) =>
      read(file)
        .split('\n')
        .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim().slice(0, 120)}`] : [])),
    );
}

describe('leftovers', () => {
  it('no work is left for later in a comment', () => {
    expect(found(/\b(TODO|FIXME|XXX|HACK)\b/, OWN)).toEqual([]);
  });

  it('no test runs alone, and no test is switched off', () => {
    const tests = OWN.filter((file) => /\.test\.tsx?$/.test(file));
    expect(tests.length).toBeGreaterThan(0);
    expect(found(/\b(it|test|describe)(\.each)?\.(only|skip|todo)\b|\b(xit|fit|fdescribe)\(/, tests)).toEqual([]);
  });

  it('no source prints for its author or stops for a debugger', () => {
    const sources = OWN.filter((file) => isCode(file) && /\/src\//.test(file) && !isTest(file));
    expect(sources.length).toBeGreaterThan(0);
    expect(found(/\bconsole\.(log|debug|dir|trace)\(|^\s*debugger\b/, sources)).toEqual([]);
  });
});

describe('files', () => {
  it(`have at most ${LINES_MAX} lines, tests ${TEST_LINES_MAX}`, () => {
    const long = OWN.filter((file) => isCode(file)).flatMap((file) => {
      const lines = read(file).split('\n').length - 1;
      const most = LONGER[file] ?? (isTest(file) ? TEST_LINES_MAX : LINES_MAX);
      return lines > most ? [`${file}: ${lines}`] : [];
    });
    expect(long).toEqual([]);
  });

  it('are named in kebab-case, for what they hold', () => {
    const code = OWN.filter((file) => isCode(file)).map((file) => file.split('/').at(-1)!);
    expect(code.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/.test(name))).toEqual([]);
    expect(code.filter((name) => /^(utils?|helpers?|common|misc|shared)(\.|$)/.test(name))).toEqual([]);
  });

  it('name no place of the machine that they were written on', () => {
    expect(found(/(^|[\s'"`(=:])\/(work|root|home\/\w+|Users\/\w+)\//, OWN)).toEqual([]);
  });

  it('name no package registry', () => {
    expect(found(/registry\.(npmjs|yarnpkg|npmmirror)|pypi\.org|pythonhosted|npm\.pkg\.github/, [...OWN])).toEqual([]);
  });
});

describe('the workspaces', () => {
  const workspaces = FILES.filter((file) => /^(packages\/[\w-]+|collector|dashboards|test)\/package\.json$/.test(file));

  it('are all there is: no package.json lies elsewhere but the root and the apps that are run', () => {
    const manifests = FILES.filter((file) => file.endsWith('package.json') && file !== 'package.json');
    expect(manifests.filter((file) => !workspaces.includes(file) && !/^(test|collector\/demo)\//.test(file))).toEqual(
      [],
    );
  });

  it.each(workspaces)('%s is licensed, and has a README that opens with its name or purpose', (file) => {
    expect(JSON.parse(read(file))).toMatchObject({ license: 'Apache-2.0', type: 'module' });
    const readme = join(dirname(file), 'README.md');
    expect(FILES).toContain(readme);
    expect(read(readme)).toMatch(/^# \S/);
  });
});

it('the lock file names no place to download from: whoever installs, says where from', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { resolved?: string; link?: boolean }>;
  };
  const addresses = Object.entries(packages).filter(([, { resolved, link }]) => resolved !== undefined && !link);
  expect(addresses).toEqual([]);
  expect(found(/https?:\/\/[^"]*\.tgz/, ['package-lock.json'])).toEqual([]);
});

it('every link from one document to another leads to a file', () => {
  const documents = FILES.filter((file) => file.endsWith('.md'));
  const broken = documents.flatMap((file) =>
    [...read(file).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
      .map(([, target]) => target!)
      .filter((target) => !existsSync(join(ROOT, dirname(file), target)))
      .map((target) => `${file}: ${target}`),
  );
  expect(broken).toEqual([]);
});
