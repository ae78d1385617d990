import { readFileSync } from 'node:fs';

/** This program's, from its package.json, which stands above both `src` and `dist`. */
export const VERSION: string = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
