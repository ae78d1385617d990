/**
 * How clickhouse-go, which Grafana's ClickHouse data source is made of, begins over HTTP: it asks for the server's name,
 * version and revision in the Native format of its own protocol version, and reads all that follows in the format of the
 * revision it was told. The engine writes Native as for revision 0, without a block's head. So the answer to this one
 * question has that head, says revision 0, and everything after it is the engine's own.
 *
 * The format: https://clickhouse.com/docs/native-protocol/server#block (head: fields 1, not an overflow, and 2, no bucket).
 */
const HELLO = /^\s*SELECT\s+displayName\(\),\s*version\(\),\s*revision\(\),\s*timezone\(\)\s*$/;

export function isDriverHello(statement: string, search: URLSearchParams): boolean {
  return search.has('client_protocol_version') && search.get('default_format') === 'Native' && HELLO.test(statement);
}

/** One row of four columns. @param version the engine's, as `26.7.2.1` */
export function driverHello(version: string): Uint8Array {
  const columns: readonly (readonly [name: string, type: string, value: Uint8Array])[] = [
    ['displayName()', 'String', shortText('profiler')],
    ['version()', 'String', shortText(version)],
    ['revision()', 'UInt32', Uint8Array.of(0, 0, 0, 0)],
    ['timezone()', 'String', shortText('UTC')],
  ];
  const head = Uint8Array.of(1, 0, 2, 0xff, 0xff, 0xff, 0xff, 0);
  const plainSerialization = Uint8Array.of(0);
  return Buffer.concat([
    head,
    Uint8Array.of(columns.length, 1),
    ...columns.flatMap(([name, type, value]) => [shortText(name), shortText(type), plainSerialization, value]),
  ]);
}

/** Its length in one byte, then its bytes: for less than 128 of them. */
function shortText(text: string): Uint8Array {
  const bytes = Buffer.from(text).subarray(0, 127);
  return Buffer.concat([Uint8Array.of(bytes.length), bytes]);
}
