import FILE from '../fixtures/go-sqllexer.json' with { type: 'json' };
import DISAGREEMENTS from '../fixtures/go-sqllexer-disagreements.json' with { type: 'json' };
import { fingerprint } from './fingerprint.ts';
import { queryStructure } from './query-structure.ts';

/**
 * What fingerprints must do with the cases of go-sqllexer, whatever the format of its own outputs. Where values are in an
 * input is told by patterns of this file, which know as much of SQL as these inputs hold, and not by the lexer.
 */
export interface SqllexerScore {
  readonly cases: number;
  /** Cases of which a value, or something that looks like one, is in the fingerprint. */
  readonly surviving: readonly string[];
  readonly notIdempotent: readonly string[];
  /** Cases that get another fingerprint when only their values change. */
  readonly apart: readonly string[];
  /** Pairs that differ in more than values and have one fingerprint. */
  readonly together: readonly string[];
  /** Cases that keep their fingerprint when a table of theirs gets another name: `orders_1` is not `orders`. */
  readonly blind: readonly string[];
  /** Cases that tell their tables and commands. */
  readonly described: number;
  readonly disagreements: readonly string[];
}

/** Cases known to disagree, by name, with the reason. */
export const KNOWN_DISAGREEMENTS: Readonly<Record<string, string>> = DISAGREEMENTS;

/** @param normalized makes the text that is scored, of a text and its `db.system.name` @default fingerprint's */
export function sqllexerScore(
  normalized = (text: string, dbSystem: string) => fingerprint(text, dbSystem).text,
): SqllexerScore {
  const failing = (isWrong: (it: Case) => boolean) => CASES.filter(isWrong).map(({ name }) => name);
  return {
    cases: CASES.length,
    surviving: failing((it) => hasSurvivor(it, normalized(it.input, it.dbms))),
    notIdempotent: failing(({ input, dbms }) => {
      const once = normalized(input, dbms);
      return normalized(once, dbms) !== once;
    }),
    apart: failing(({ input, dbms }) => normalized(withOtherValues(input, dbms), dbms) !== normalized(input, dbms)),
    together: pairsTogether(normalized),
    blind: failing((it) =>
      (metadataOf(it)?.tables ?? []).some((table) => {
        const renamed = it.input.replaceAll(new RegExp(`\\b${table}\\b`, 'g'), `${table}_1`);
        return renamed !== it.input && normalized(renamed, it.dbms) === normalized(it.input, it.dbms);
      }),
    ),
    described: CASES.filter((it) => metadataOf(it) !== undefined).length,
    disagreements: failing(disagrees),
  };
}

interface Case {
  readonly name: string;
  readonly dbms: string;
  readonly input: string;
  readonly outputs: readonly {
    readonly statement_metadata?: { readonly tables: readonly string[]; readonly commands: readonly string[] };
  }[];
}

const CASES: readonly Case[] = (FILE as readonly Case[]).map((it) => ({ ...it, name: `${it.dbms} ${it.name}` }));

const COMMENT = String.raw`--[^\n]*|/\*[\s\S]*?\*/`;
const QUOTED_NAME = '"(?:[^"]|"")*"';
const NUMBER = String.raw`(?<![\w$@.])-?\d+(?:\.\d+)?\b`;
const STRING: Readonly<Record<string, string>> = {
  postgresql: String.raw`'(?:[^']|'')*'|\$(\w*)\$[\s\S]*?\$\1\$`,
  mysql: String.raw`'(?:[^'\\]|''|\\.)*'|"(?:[^"\\]|""|\\.)*"`,
};

/** Each value replaced; comments and quoted names are passed over. */
function replaceValues(input: string, dbms: string, by: (value: string) => string): string {
  const names = dbms === 'mysql' ? '`[^`]*`' : QUOTED_NAME;
  const pattern = new RegExp(`(?<kept>${COMMENT}|${names})|${STRING[dbms]!}|${NUMBER}`, 'g');
  return input.replace(pattern, (value, ...rest) =>
    (rest.at(-1) as { kept?: string }).kept === undefined ? by(value) : value,
  );
}

function withOtherValues(input: string, dbms: string): string {
  return replaceValues(input, dbms, (value) => (/\d$/.test(value) ? `${value}7` : "'another -- ''value'''"));
}

function hasSurvivor({ input, dbms }: Case, text: string): boolean {
  const values: string[] = [];
  const rest = replaceValues(input, dbms, (value) => {
    values.push(value);
    return ' ';
  });
  const bare = text.replace(new RegExp(dbms === 'mysql' ? '`[^`]*`' : QUOTED_NAME, 'g'), '');
  if (/['"]|\$\w*\$|(?<![\w$@])\d/.test(bare)) return true;
  const words = values.flatMap((value) => value.match(/\w{2,}/g) ?? []);
  return words.some((word) => !new RegExp(`\\b${word}\\b`).test(rest) && new RegExp(`\\b${word}\\b`).test(text));
}

/** An input in a canonical form that is not the lexer's: equal when only values, comments and white space differ. */
function canonical({ input, dbms }: Case): string {
  return replaceValues(input, dbms, () => '?')
    .replace(new RegExp(COMMENT, 'g'), ' ')
    .replace(/\$\d+|@\w+/g, '?')
    .replace(/\b(true|false)\b/gi, '?')
    .replace(/\s+/g, ' ')
    .replace(/(\?, ?)+\?/g, '?')
    .replace(/(\( ?\? ?\), ?)+\( ?\? ?\)/g, '(?)')
    .replace(/[; ]+$/, '');
}

function pairsTogether(normalized: (text: string, dbSystem: string) => string): string[] {
  const byText = new Map<string, Case>();
  const pairs: string[] = [];
  for (const it of CASES) {
    const text = normalized(it.input, it.dbms);
    const other = byText.get(text);
    if (other === undefined) byText.set(text, it);
    else if (canonical(it) !== canonical(other)) pairs.push(`${other.name} and ${it.name}`);
  }
  return pairs;
}

function metadataOf({ outputs }: Case) {
  return outputs.find((output) => output.statement_metadata !== undefined)?.statement_metadata;
}

/** Commands that go-sqllexer has a word for, in these cases; of the others it says nothing. */
const COMMANDS = new Set(CASES.flatMap((it) => metadataOf(it)?.commands ?? []));

function disagrees(it: Case): boolean {
  const metadata = metadataOf(it);
  if (metadata === undefined) return false;
  const { tables, commands } = queryStructure(it.input, it.dbms);
  const isSame = (ours: readonly string[], theirs: readonly string[]) =>
    [...new Set(ours)].sort().join() === [...theirs].sort().join();
  return !(
    isSame(
      tables.map((table) => table.replace(/["`]/g, '')),
      metadata.tables,
    ) &&
    isSame(
      commands.filter((command) => COMMANDS.has(command)),
      metadata.commands,
    )
  );
}
