import type { DecodeSettings } from './decode-settings.ts';
import type { Decoded } from './decoded.ts';
import { hasInvalidText, logsFromJson, tracesFromJson } from './json-request.ts';
import { LogsDecoder } from './logs-decoder.ts';
import { runAll } from './steps.ts';
import { TracesDecoder } from './traces-decoder.ts';

export type OtlpSignal = 'traces' | 'logs';
export type OtlpEncoding = 'protobuf' | 'json';

/** The one door to decoding: a request body in, blocks out. */
export class OtlpDecoder {
  private readonly traces: TracesDecoder;
  private readonly logs: LogsDecoder;

  constructor(settings: DecodeSettings) {
    this.traces = new TracesDecoder(settings);
    this.logs = new LogsDecoder(settings);
  }

  /** An empty body is an empty request in either encoding. @throws DecodeError */
  decode(signal: OtlpSignal, encoding: OtlpEncoding, body: Buffer): Decoded {
    const decoder = signal === 'traces' ? this.traces : this.logs;
    if (encoding === 'protobuf' || body.length === 0) return runAll(decoder.decode(body));
    const decoded = runAll(decoder.decode(signal === 'traces' ? tracesFromJson(body) : logsFromJson(body)));
    if (hasInvalidText(body)) decoded.counts.invalidTexts++;
    return decoded;
  }
}
