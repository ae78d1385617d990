import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * The commit that is checked out around a directory, as 40 (or 64) hex digits. Reads git's own files and starts no
 * process: a plain repository, a worktree (`.git` is a file that says where), a branch in a file or among the packed refs.
 */
export function gitCommit(directory: string): string | undefined {
  for (let at = directory; ; at = dirname(at)) {
    const head = read(join(at, '.git', 'HEAD'));
    if (head !== undefined) return resolveHead(join(at, '.git'), head);
    const link = /^gitdir: (.+)$/m.exec(read(join(at, '.git')) ?? '')?.[1];
    if (link !== undefined) {
      const gitDirectory = resolve(at, link);
      return resolveHead(gitDirectory, read(join(gitDirectory, 'HEAD')) ?? '');
    }
    if (at === dirname(at)) return undefined;
  }
}

function resolveHead(gitDirectory: string, head: string): string | undefined {
  const ref = /^ref: (.+)$/m.exec(head)?.[1];
  if (ref === undefined) return commitIn(head);
  // A worktree has its own HEAD but shares the branches.
  const shared = resolve(gitDirectory, read(join(gitDirectory, 'commondir')) ?? '.');
  return commitIn(read(join(shared, ref)) ?? '') ?? packedCommit(read(join(shared, 'packed-refs')) ?? '', ref);
}

function packedCommit(packedRefs: string, ref: string): string | undefined {
  const line = packedRefs.split('\n').find((candidate) => candidate.endsWith(` ${ref}`));
  return commitIn(line?.split(' ', 1)[0] ?? '');
}

function commitIn(text: string): string | undefined {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.exec(text.trim())?.[0];
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}
