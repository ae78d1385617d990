import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

// Under vitest's import conditions protobufjs does not find `long` by itself, and 64-bit numbers would lose digits.
const long = createRequire(createRequire(import.meta.url).resolve('protobufjs'))('long');
protobuf.util.Long = long.default ?? long;
protobuf.configure();

/**
 * A second opinion on OTLP bytes: protobufjs, with the specification's own messages. It shares nothing with the
 * collector's decoder.
 */
const root = protobuf.loadSync(fileURLToPath(new URL('../../fixtures/otlp/otlp.proto', import.meta.url)));
const OPTIONS = { longs: String, bytes: String, defaults: true, arrays: true, oneofs: true };

/** A message as a plain object: 64-bit numbers as decimal strings, bytes as base64. @throws when it is none */
export function decodeByOracle<T>(messageName: string, bytes: Uint8Array): T {
  const type = root.lookupType(`otlp.${messageName}`);
  return type.toObject(type.decode(bytes), OPTIONS) as T;
}

/** A message's bytes from a plain object with protobufjs's names. */
export function encodeByOracle(messageName: string, value: object): Uint8Array {
  const type = root.lookupType(`otlp.${messageName}`);
  return type.encode(type.fromObject(value)).finish();
}
