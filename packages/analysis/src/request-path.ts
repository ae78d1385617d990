import { loopPath, pathName } from './loop-path.ts';
import type { SpanRecord } from './span-record.ts';

/**
 * A place within a request, as a node of the tree of its loop paths: siblings of one name share a node, and so does a
 * span with its parent of the same name. A trace's queries are grouped by node, so that no text is built for each.
 */
export class RequestPath {
  readonly entry: SpanRecord;
  readonly #above: RequestPath | undefined;
  readonly #name: string;
  #below: Map<string, RequestPath> | undefined;
  #text: string | undefined;

  private constructor(entry: SpanRecord, above: RequestPath | undefined, name: string, text?: string) {
    this.entry = entry;
    this.#above = above;
    this.#name = name;
    this.#text = text;
  }

  /** Right under the entry span; or where a span says itself that it belongs. */
  static of(entry: SpanRecord, loopPathText = ''): RequestPath {
    return new RequestPath(entry, undefined, '', loopPathText);
  }

  /** Where the children of a span of this name stand. */
  below(name: string): RequestPath {
    const short = pathName(name);
    if (this.#above !== undefined && this.#name === short) return this;
    this.#below ??= new Map();
    let path = this.#below.get(short);
    if (path === undefined) {
      path = new RequestPath(this.entry, this, short);
      this.#below.set(short, path);
    }
    return path;
  }

  get loopPath(): string {
    if (this.#text === undefined) {
      const names: string[] = [];
      let path: RequestPath = this;
      for (; path.#above !== undefined; path = path.#above) names.push(path.#name);
      this.#text = loopPath(names.reverse());
    }
    return this.#text;
  }
}
