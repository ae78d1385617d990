import type { QueryStructure } from './query-structure.ts';

/** The convention's bound: a summary is cut there, not within a name. */
const SUMMARY_CHARS_MAX = 255;
const NAMES_MAX = 100;

/** Collects what the structure of a query is made of. */
export class SummaryParts {
  readonly #parts: string[] = [];
  #chars = 0;
  readonly #commands = new Set<string>();
  readonly #tables = new Set<string>();
  readonly #ctes = new Set<string>();
  /** Names after `DELETE`: aliases when a `FROM` follows, tables when not. */
  #deleted: string[] = [];
  #session = '';

  addOperation(word: string): void {
    this.addCommand(word);
    this.#add(word);
  }

  /** `CREATE` becomes `CREATE TABLE`. */
  extendOperation(word: string): void {
    const last = this.#parts.pop();
    if (last === undefined) return;
    this.#chars -= last.length + 1;
    this.#add(`${last} ${word}`);
  }

  addCommand(word: string): void {
    if (this.#commands.size < NAMES_MAX) this.#commands.add(word.toUpperCase());
  }

  /** What steers the session is the summary only of a text that does nothing else. */
  addSession(command: string, source: string): void {
    this.addCommand(command);
    this.#session ||= source;
  }

  addTable(name: string): void {
    if (this.#ctes.has(unquoted(name))) return;
    if (this.#tables.size < NAMES_MAX) this.#tables.add(name);
    this.#add(name);
  }

  /** What is named and is no table: an index, a procedure. */
  addObject(name: string): void {
    this.#add(name);
  }

  addCte(name: string): void {
    if (this.#ctes.size < NAMES_MAX) this.#ctes.add(unquoted(name));
  }

  addDeleted(name: string): void {
    if (this.#deleted.length < NAMES_MAX) this.#deleted.push(name);
  }

  dropDeleted(): void {
    this.#deleted = [];
  }

  keepDeleted(): void {
    if (this.#deleted.length === 0) return;
    for (const name of this.#deleted) this.addTable(name);
    this.#deleted = [];
  }

  structure(): QueryStructure {
    const summary = this.#parts.length > 0 ? this.#parts.join(' ') : this.#session;
    return { summary, commands: [...this.#commands], tables: [...this.#tables] };
  }

  #add(part: string): void {
    const length = part.length + (this.#parts.length > 0 ? 1 : 0);
    // Past the bound nothing more is added, not even what would still fit: a summary has no gaps.
    if (this.#chars + length > SUMMARY_CHARS_MAX) this.#chars = SUMMARY_CHARS_MAX;
    else {
      this.#parts.push(part);
      this.#chars += length;
    }
  }
}

function unquoted(name: string): string {
  return name.replace(/["`[\]]/g, '').toLowerCase();
}
