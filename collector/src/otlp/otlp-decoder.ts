import type { DecodeSettings } from './decode-settings.ts';
import type { Decoded } from './decoded.ts';
import { EndpointCap } from './endpoint-cap.ts';
import { LOGS_REQUEST, TRACES_REQUEST } from './json-schema.ts';
import { JsonTranscoder } from './json-transcoder.ts';
import { LogsDecoder } from './logs-decoder.ts';
import { SliceQueue } from './slice-queue.ts';
import { runAll, type Steps } from './steps.ts';
import { TracesDecoder } from './traces-decoder.ts';

export type OtlpSignal = 'traces' | 'logs';
export type OtlpEncoding = 'protobuf' | 'json';

/** Longer bodies are decoded in slices. */
const AT_ONCE_BYTES_MAX = 1 << 20;

/** The one door to decoding: a request body in, blocks out. */
export class OtlpDecoder {
  private readonly atOnce: BodyDecoder;
  private readonly inSlices: BodyDecoder;
  private readonly slices = new SliceQueue();

  constructor(settings: DecodeSettings) {
    const endpointCap = new EndpointCap();
    this.atOnce = new BodyDecoder(settings, endpointCap);
    this.inSlices = new BodyDecoder(settings, endpointCap);
  }

  /**
   * A body of up to 1 MiB is decoded at once. A longer one gives a promise: it waits for its turn and is then decoded in
   * slices, between which the event loop runs. Either way all of it is decoded or nothing. An empty body is an empty
   * request in either encoding. The body's bytes must stay as they are until then.
   *
   * @throws DecodeError, or gives a promise rejected with it
   * @throws RefusalError when too many long bodies wait
   */
  decode(signal: OtlpSignal, encoding: OtlpEncoding, body: Buffer): Decoded | Promise<Decoded> {
    if (body.length <= AT_ONCE_BYTES_MAX) return this.decodeAtOnce(signal, encoding, body);
    return this.slices.run(() => this.inSlices.decode(signal, encoding, body));
  }

  /** As {@link decode}, whatever the length. @throws DecodeError */
  decodeAtOnce(signal: OtlpSignal, encoding: OtlpEncoding, body: Buffer): Decoded {
    return runAll(this.atOnce.decode(signal, encoding, body));
  }
}

/** Decodes one body after the other. */
class BodyDecoder {
  private readonly traces: TracesDecoder;
  private readonly logs: LogsDecoder;
  private readonly json = new JsonTranscoder();

  constructor(settings: DecodeSettings, endpointCap: EndpointCap) {
    this.traces = new TracesDecoder(settings, endpointCap);
    this.logs = new LogsDecoder(settings);
  }

  *decode(signal: OtlpSignal, encoding: OtlpEncoding, body: Buffer): Steps<Decoded> {
    const isTraces = signal === 'traces';
    let request = body;
    if (encoding === 'json' && body.length > 0) {
      request = yield* this.json.transcode(body, isTraces ? TRACES_REQUEST : LOGS_REQUEST);
    }
    return yield* (isTraces ? this.traces : this.logs).decode(request);
  }
}
