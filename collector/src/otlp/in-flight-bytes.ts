import { RefusalError } from './refusal.ts';

/** Bytes of all request bodies that are being received or decoded, bounded, so that many senders at once cannot fill memory. */
export class InFlightBytes {
  private readonly bytesMax: number;
  private bytes = 0;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  /** A share of the room for one request; release it when the request is done with. */
  share(): InFlightShare {
    let taken = 0;
    return {
      take: (bytes) => {
        if (this.bytes + bytes > this.bytesMax) throw new RefusalError('busy', 'too many bytes in flight');
        this.bytes += bytes;
        taken += bytes;
      },
      release: () => {
        this.bytes -= taken;
        taken = 0;
      },
    };
  }
}

export interface InFlightShare {
  /** @throws RefusalError when there is no room */
  take(bytes: number): void;
  release(): void;
}
