import { spawnSync } from 'node:child_process';

/**
 * A small disk can be made by whoever may mount one: root, or anybody in a namespace of his own where the kernel allows
 * that. In such a namespace nobody else sees the mount, and it goes with the last process.
 */
const WAYS = [
  ['unshare', '--mount'],
  ['unshare', '--mount', '--user', '--map-root-user'],
] as const;

const IN_NAMESPACE = 'CHAOS_OWN_MOUNTS';

/** Whether this process may mount and unmount without anybody noticing. */
export const hasOwnMounts = () => process.env[IN_NAMESPACE] !== undefined;

/** Runs this same program again where it may mount. @returns its exit code; undefined when that is not possible here */
export function rerunWithOwnMounts(): number | undefined {
  const way = WAYS.find(([command, ...flags]) => spawnSync(command, [...flags, 'true']).status === 0);
  if (way === undefined) return undefined;
  const [command, ...flags] = way;
  const args = [...flags, process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const { status } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, [IN_NAMESPACE]: '1' } });
  return status ?? 1;
}

/** @throws when it cannot be mounted */
export function mountDisk(directory: string, sizeMiB: number): void {
  run('mount', '-t', 'tmpfs', '-o', `size=${sizeMiB}m`, 'tmpfs', directory);
}

export function unmountDisk(directory: string): void {
  run('umount', '--lazy', directory);
}

function run(command: string, ...args: string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`);
}
