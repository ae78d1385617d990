import { isWordUnit } from './character-class.ts';
import type { Dialect } from './dialect.ts';
import { QueryLexer, TOKEN } from './query-lexer.ts';
import type { QueryStructure } from './query-structure.ts';
import { MODIFIERS, OBJECT_TYPES, type StructureWord, structureWord } from './structure-word.ts';
import { SummaryParts } from './summary-parts.ts';

/** What the next name would be. `using` is `source` that brackets end, for `USING (id)` names columns. */
type Expected = 'nothing' | 'source' | 'using' | 'target' | 'targets' | 'deleted' | 'type' | 'object' | 'cte';

/** The statement, or the part of one, between two brackets. */
interface Level {
  statement: StructureWord | '';
  expected: Expected;
  /** What a comma leads to. */
  listed: Expected;
}

/** In a normalised text these may be placeholders. */
const VALUES = new Set(['TRUE', 'FALSE', 'NULL']);

/** Brackets beyond this depth are read as if they were not there. */
const LEVELS_MAX = 100;

/** Reads the structure of one text. By keywords and brackets alone: what it does not know it passes over. */
export class StructureReader {
  readonly #text: string;
  readonly #lexer: QueryLexer;
  readonly #dialect: Dialect;
  readonly #parts = new SummaryParts();
  #levels: Level[] = [];
  #level: Level = { statement: '', expected: 'nothing', listed: 'nothing' };
  #ignoredLevels = 0;
  /** A statement may begin here; or, less, a part of one that asks or changes. */
  #start: 'statement' | 'query' | '' = 'statement';
  /** The keyword or name before, in upper case. */
  #wordBefore = '';
  /** A name whose parts are still being read. */
  #name: { start: number; end: number; as: Expected } | undefined;

  constructor(text: string, dialect: Dialect) {
    this.#text = text;
    this.#dialect = dialect;
    this.#lexer = new QueryLexer(text, dialect);
  }

  read(): QueryStructure {
    const lexer = this.#lexer;
    for (;;) {
      const token = lexer.next();
      if (token === TOKEN.end) break;
      if (token === TOKEN.space || this.#continuesName(token)) continue;
      this.#endName();
      if (token === TOKEN.word) this.#word();
      else if (token === TOKEN.value) this.#value();
      else this.#symbol(this.#text.charAt(lexer.start));
    }
    this.#endName();
    this.#parts.keepDeleted();
    return this.#parts.structure();
  }

  #value(): void {
    this.#level.expected = 'nothing';
    this.#wordBefore = '';
    if (this.#start === 'statement') this.#start = ''; // not of `{? = call`
  }

  #word(): void {
    const { start, end } = this.#lexer;
    const isBare = isWordUnit(this.#text.charCodeAt(start));
    const upper = isBare && end - start <= 16 ? this.#text.slice(start, end).toUpperCase() : '';
    const isColumn = start > 0 && this.#text.charCodeAt(start - 1) === 46;
    if (VALUES.has(upper) && !isColumn) {
      this.#value();
      return;
    }
    const word = isColumn || upper === '' ? undefined : structureWord(upper);
    const begun = this.#start;
    this.#start = '';
    if (word === undefined || !this.#keyword(word, upper, begun)) this.#named(upper, start, end);
    this.#wordBefore = upper;
  }

  /** @returns false when the word is none of its kind here */
  #keyword(word: StructureWord, upper: string, begun: string): boolean {
    const level = this.#level;
    const isFunction = this.#text.charCodeAt(this.#lexer.end) === 40;
    switch (word) {
      case 'select':
        this.#begin(word, 'nothing');
        return true;
      case 'insert':
      case 'update':
      case 'delete':
      case 'merge':
      case 'truncate':
      case 'call':
      case 'define':
        return this.#change(word, upper, begun, isFunction);
      case 'with':
        if (begun === '') return true; // hints: `WITH (NOLOCK)`
        level.expected = level.listed = 'cte';
        return true;
      case 'operate':
        if (begun !== 'statement') return false;
        this.#begin(word, upper === 'COPY' ? 'target' : 'nothing');
        if (upper === 'EXPLAIN' || upper === 'ANALYZE') this.#start = 'statement';
        return true;
      case 'session':
        if (upper === 'SET' && begun !== 'statement') return this.#clause();
        if (begun !== 'statement' && !(upper === 'BEGIN' && level.statement === 'define')) return false;
        this.#parts.addSession(upper, this.#source());
        if (begun === 'statement') this.#enter(word, 'nothing');
        if (upper === 'BEGIN') this.#start = 'statement';
        return true;
      case 'block':
        this.#start = 'statement';
        return true;
      case 'source':
        return this.#from();
      case 'join':
        if (level.listed !== 'source' && level.expected !== 'source' && level.listed !== 'targets') return false;
        if (upper !== 'APPLY') this.#parts.addCommand(upper);
        level.expected = level.listed = 'source';
        return true;
      case 'into':
        if (level.statement === 'select' && this.#dialect.selectIntoTable) level.expected = 'target';
        if (level.statement === 'insert' || level.statement === 'merge') level.expected = 'target';
        return true;
      case 'using':
        if (level.statement === 'delete' || level.statement === 'merge') level.expected = 'using';
        if (level.statement === 'delete') level.listed = 'source';
        return true;
      case 'as':
        this.#start = 'query';
        return true;
      case 'clause':
        return this.#clause();
    }
  }

  #change(word: StructureWord, upper: string, begun: string, isFunction: boolean): boolean {
    const { statement, expected } = this.#level;
    const isAlsoFunction = upper === 'REPLACE' || upper === 'TRUNCATE';
    if (isFunction || (isAlsoFunction && begun !== 'statement')) return false;
    const isUpsert = statement === 'insert' && (this.#wordBefore === 'DO' || this.#wordBefore === 'KEY');
    if (isUpsert || (statement === 'merge' && this.#wordBefore === 'THEN')) {
      this.#parts.addCommand(upper);
      return true;
    }
    if (begun === '' || (expected === 'target' && MODIFIERS.has(upper))) return false;
    const next: Partial<Record<StructureWord, Expected>> = {
      update: 'targets',
      truncate: 'targets',
      delete: 'deleted',
    };
    this.#begin(word, word === 'define' ? 'type' : word === 'call' ? 'object' : (next[word] ?? 'target'));
    return true;
  }

  #begin(word: StructureWord, expected: Expected): void {
    this.#enter(word, expected);
    this.#parts.addOperation(this.#source());
  }

  #enter(word: StructureWord, expected: Expected): void {
    this.#parts.keepDeleted();
    this.#level.statement = word;
    this.#level.expected = expected;
    this.#level.listed = expected === 'targets' || expected === 'deleted' ? expected : 'nothing';
  }

  #from(): boolean {
    const level = this.#level;
    const { statement } = level;
    if (this.#wordBefore === 'DISTINCT') return true;
    if (statement !== 'select' && statement !== 'delete' && statement !== 'update') return true;
    if (statement === 'delete') this.#parts.dropDeleted();
    level.expected = level.listed = 'source';
    return true;
  }

  #clause(): true {
    this.#parts.keepDeleted();
    this.#level.expected = this.#level.listed = 'nothing';
    return true;
  }

  /** A word that is no keyword here: a name, where one is expected. */
  #named(upper: string, start: number, end: number): void {
    const level = this.#level;
    const { expected } = level;
    if (expected === 'nothing') {
      const isOperand = level.statement === 'operate' && (upper === 'TABLE' || upper === 'TABLES');
      if (isOperand) level.expected = level.listed = 'targets';
      return;
    }
    if (expected === 'type') {
      const isTable = OBJECT_TYPES.get(upper);
      if (isTable === undefined) return;
      this.#parts.extendOperation(this.#source());
      level.expected = level.listed = isTable ? 'targets' : 'object';
      return;
    }
    if (expected === 'source' ? upper === 'ONLY' || upper === 'LATERAL' : MODIFIERS.has(upper)) {
      if (level.statement === 'truncate' && upper === 'TABLE') this.#parts.extendOperation(this.#source());
      return;
    }
    this.#name = { start, end, as: expected };
    level.expected = 'nothing';
  }

  #continuesName(token: number): boolean {
    const name = this.#name;
    const { start, end } = this.#lexer;
    if (name === undefined || start !== name.end) return false;
    const isPoint = token === TOKEN.symbol && this.#text.charCodeAt(start) === 46;
    const isPart = token === TOKEN.word && this.#text.charCodeAt(start - 1) === 46;
    if (isPoint || isPart) name.end = end;
    return isPoint || isPart;
  }

  #endName(): void {
    const name = this.#name;
    if (name === undefined) return;
    this.#name = undefined;
    const text = this.#text.slice(name.start, name.end);
    if (name.as === 'cte') this.#parts.addCte(text);
    else if (name.as === 'deleted') this.#parts.addDeleted(text);
    else if (name.as === 'object') this.#parts.addObject(text);
    else if (name.as === 'target' || name.as === 'targets') this.#parts.addTable(text);
    else if (this.#text.charCodeAt(name.end) !== 40) this.#parts.addTable(text); // a function otherwise
  }

  #symbol(symbol: string): void {
    const level = this.#level;
    const { expected } = level;
    this.#wordBefore = '';
    if (symbol === '=' && this.#start === 'query') return;
    this.#start = '';
    switch (symbol) {
      case '(':
        level.expected = 'nothing';
        this.#open(expected === 'source' ? 'source' : 'nothing');
        this.#start = 'query';
        break;
      case ')':
        this.#close();
        this.#start = 'query';
        break;
      case '{':
        this.#start = 'query';
        break;
      case ',':
        level.expected = level.listed;
        break;
      case ';':
        this.#parts.keepDeleted();
        this.#levels = [];
        this.#ignoredLevels = 0;
        this.#level = { statement: '', expected: 'nothing', listed: 'nothing' };
        this.#start = 'statement';
        break;
    }
  }

  #open(expected: Expected): void {
    if (this.#levels.length >= LEVELS_MAX) {
      this.#ignoredLevels++;
      return;
    }
    this.#levels.push(this.#level);
    this.#level = { statement: '', expected, listed: expected };
  }

  #close(): void {
    if (this.#ignoredLevels > 0) this.#ignoredLevels--;
    else if (this.#levels.length > 0) this.#level = this.#levels.pop()!;
  }

  #source(): string {
    return this.#text.slice(this.#lexer.start, this.#lexer.end);
  }
}
