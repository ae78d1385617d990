import { NativeReader } from './native-reader.ts';

const MINUTE_NS = 60_000_000_000n;

/** Minutes (epoch seconds) in which the rows of a block lie, by its column `timestamp`. */
export function minutesOfBlock(bytes: Uint8Array): Set<number> {
  const minutes = new Set<number>();
  const reader = new NativeReader(bytes);
  let last = -1n;
  while (reader.nextBlock()) {
    for (let column = reader.nextColumn(); column !== undefined; column = reader.nextColumn()) {
      const start = reader.at;
      reader.skip(column.type);
      if (column.name !== 'timestamp') continue;
      for (let at = start; at < reader.at; at += 8) {
        const minute = reader.view.getBigUint64(at, true) / MINUTE_NS;
        if (minute !== last) minutes.add(Number(minute) * 60);
        last = minute;
      }
    }
  }
  return minutes;
}
