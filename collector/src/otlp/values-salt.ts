import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The secret of a data directory that makes hashes of query values comparable over a restart, and useless to whoever has only
 * what is stored. Made when it is first needed.
 */
export function valuesSalt(dataDir: string): string {
  const path = join(dataDir, 'values-salt');
  try {
    const salt = readFileSync(path, 'utf8').trim();
    if (/^[0-9a-f]{32}$/.test(salt)) return salt;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const salt = randomBytes(16).toString('hex');
  writeFileSync(path, `${salt}\n`, { mode: 0o600 });
  return salt;
}
