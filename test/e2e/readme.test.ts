import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../../collector/src/config.ts';

// What the README says is true: its tables agree with the program, and its commands do what it says they do.

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PROFILER = join(ROOT, 'collector', 'bin', 'profiler.cjs');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const MANIFEST = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

const run = promisify(execFile);

/** Cells of the rows of the table under a heading, without its head. */
function table(heading: string): string[][] {
  const section = README.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  expect(section, `README has a section "${heading}"`).toBeDefined();
  const rows = section!.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const codes = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code!);

const blocks = (language: string): string[] =>
  [...README.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, block]) => block!);

describe('commands', () => {
  it('every `npm run` and `npm start` in a block of commands is a script of package.json', () => {
    const scripts = blocks('sh').flatMap((block) =>
      [...block.matchAll(/\bnpm (?:run )?(\w+)/g)].map(([, name]) => name!),
    );
    expect(scripts).toEqual(expect.arrayContaining(['ci', 'demo', 'start', 'test', 'check']));
    const builtIn = ['ci', 'install', 'pack'];
    expect(scripts.filter((name) => !builtIn.includes(name) && !(name in MANIFEST.scripts))).toEqual([]);
  });

  it('the table of commands lists the commands that there are', async () => {
    const { stdout } = await run(process.execPath, [PROFILER, '--help']);
    const listed = table('Commands').flatMap(([cell]) => codes(cell!).map((code) => code.split(' ')[1]!));
    const offered = [...stdout.matchAll(/^ {2}([a-z]+)\b/gm)].map(([, name]) => name!);
    expect(new Set(listed)).toEqual(new Set(offered.filter((name) => name !== 'help')));
  });

  it.each(table('Commands').map((cells) => [codes(cells[0]!)[0]!, cells.join(' ')]))(
    '`%s` has the flags that its row names',
    async (command, row) => {
      const { stdout } = await run(process.execPath, [PROFILER, command.split(' ')[1]!, '--help']);
      for (const [flag] of row.matchAll(/--[a-z][a-z-]+/g)) expect(stdout).toContain(flag);
    },
  );
});

it('the workflow for GitHub uses commands and flags that there are', async () => {
  const lines = blocks('yaml').flatMap((block) => [...block.matchAll(/npx profiler (\w+)(.*)/g)]);
  expect(lines.map(([, command]) => command)).toEqual(['start', 'ci']);
  for (const [, command, flags] of lines) {
    const { stdout } = await run(process.execPath, [PROFILER, command!, '--help']);
    for (const [flag] of flags!.matchAll(/--[a-z][a-z-]+/g)) expect(stdout).toContain(flag);
  }
});

it('the table of `profiler ci` has flags that there are, with their defaults', async () => {
  const { stdout } = await run(process.execPath, [PROFILER, 'ci', '--help']);
  const options = stdout.split(/^ {2}(?=-)/m).map((option) => option.replace(/\s+/g, ' '));
  for (const [flags, fallbacks] of table('In continuous integration')) {
    const defaults = fallbacks === 'all' ? [] : fallbacks!.split(', ');
    for (const [at, flag] of codes(flags!).entries()) {
      const option = options.find((text) => text.startsWith(`${flag} <`));
      expect(/\(default: "(.*?)"\)/.exec(option ?? `no ${flag}`)?.[1], option).toBe(defaults[at]);
    }
  }
});

describe('settings', () => {
  const rows = table('Settings').map((cells) => ({
    env: codes(cells[0]!)[0]!,
    flag: codes(cells[1]!)[0],
    fallback: codes(cells[2]!)[0],
  }));

  it('the table has every setting that the collector reads, and no other', () => {
    const source = readFileSync(join(ROOT, 'collector', 'src', 'config.ts'), 'utf8');
    const read = [...source.matchAll(/env: '(PROFILER_\w+)'/g)].map(([, name]) => name!);
    expect(read.length).toBeGreaterThan(10);
    expect(new Set(rows.map(({ env }) => env))).toEqual(new Set(read));
  });

  it.each(rows)('$env has the default $fallback', ({ env, fallback }) => {
    // Saying the default aloud changes nothing; without one, nothing is set.
    const said = fallback === undefined ? {} : { [env]: fallback };
    expect(readConfig({}, said)).toEqual(readConfig({}, {}));
  });

  it('the flags of the table are those of `profiler start`', async () => {
    const { stdout } = await run(process.execPath, [PROFILER, 'start', '--help']);
    for (const { flag } of rows) if (flag !== undefined) expect(stdout).toContain(flag);
  });
});

describe('the OTLP example', () => {
  it('arrives, as typed, and shows in `profiler requests`', async () => {
    const example = blocks('sh').find((block) => block.includes('/v1/traces'));
    expect(example).toBeDefined();
    const dataDir = mkdtempSync(join(tmpdir(), 'profiler-readme-'));
    const collector = spawn(process.execPath, [PROFILER, 'start', '--port', '0', '--data-dir', dataDir], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    onTestFinished(async () => {
      collector.kill('SIGTERM');
      await once(collector, 'exit');
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
    });
    const url = await new Promise<string>((resolve, reject) => {
      let output = '';
      const look = (chunk: Buffer) => {
        output += chunk;
        const found = /listening on (http:\S+)/.exec(output)?.[1];
        if (found) resolve(found);
      };
      collector.stdout.on('data', look);
      collector.stderr.on('data', look);
      collector.once('exit', () => reject(new Error(output)));
    });

    execFileSync('bash', ['-euo', 'pipefail', '-c', example!.replaceAll('http://localhost:4318', url)]);
    const requests = async () => {
      const { stdout } = await run(process.execPath, [PROFILER, 'requests', '--url', url, '--json']);
      return (JSON.parse(stdout) as { items: { route: string; statusCode: number }[] }).items;
    };
    await expect
      .poll(requests, { timeout: 20_000, interval: 500 })
      .toMatchObject([{ service: 'hello', method: 'GET', route: '/hello/{name}', statusCode: 200 }]);
  });
});
