/** Megabytes (1e6 bytes) a second of this process's CPU, the median of the rounds: the machine is shared. */
export function megabytesPerCpuSecond(bytes: number, work: () => void, rounds = 7): number {
  const rates: number[] = [];
  work();
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    rates.push(bytes / (user + system));
  }
  return rates.sort((a, b) => a - b)[rounds >> 1]!;
}
