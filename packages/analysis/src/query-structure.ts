import { dialectOf } from './dialect.ts';
import { dialectFor } from './document-start.ts';
import { StructureReader } from './structure-reader.ts';
import { wellFormed } from './well-formed.ts';

/** What a query does, and to what. */
export interface QueryStructure {
  /** Operations and their targets in order, as written: `INSERT shipping_details SELECT orders`. '' when there are none. */
  readonly summary: string;
  /** The commands found, each once, in upper case; `JOIN` is one. */
  readonly commands: readonly string[];
  /** The tables and views found, each once, as written. Names of `WITH` and functions are none. */
  readonly tables: readonly string[];
}

/**
 * Commands and tables of a query, by its keywords alone: no grammar, so any dialect, several statements, and texts that were
 * cut off. Never throws; linear in the length. A normalised text has the structure of the text
 * it was made from, but for what folded in its lists.
 *
 * @param dbSystem value of `db.system.name`, '' when unknown
 */
export function queryStructure(text: string, dbSystem = ''): QueryStructure {
  const dialect = dialectFor(text, dialectOf(dbSystem));
  if (dialect.language !== 'sql') return { summary: '', commands: [], tables: [] };
  return new StructureReader(wellFormed(text), dialect).read();
}
