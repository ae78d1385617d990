/**
 * How much of what a client sends is kept. Nothing here refuses a span: what is longer is cut, what is more is left out,
 * and both are counted.
 */

/** Names that become dictionaries in the store: services, versions, span names, routes, attribute keys. */
export const NAME_BYTES_MAX = 1_024;
/** Paths, query texts after normalising, messages. */
export const TEXT_BYTES_MAX = 16_384;
/** Attribute values, stack traces, and the JSON of one span's events or links. */
export const VALUE_BYTES_MAX = 65_536;
/** Query texts before normalising, which takes time linear in this. */
export const QUERY_BYTES_MAX = 65_536;
export const ATTRIBUTES_PER_SPAN_MAX = 256;
export const ATTRIBUTES_PER_RESOURCE_MAX = 128;
export const EVENTS_PER_SPAN_MAX = 128;
export const LINKS_PER_SPAN_MAX = 128;
/** Levels of arrays and key-value lists in one attribute; deeper ones become null. */
export const VALUE_DEPTH_MAX = 16;
/** Rows of the table of queries on one entry span; the span processor writes at most 200. */
export const TABLE_ROWS_MAX = 256;
export const TABLE_EXCEPTIONS_MAX = 16;
/** Endpoints of one service in one day, beyond which new routes are stored as `other`. */
export const ENDPOINTS_PER_SERVICE_MAX = 1_000;
export const SERVICES_MAX = 1_000;
/** How far ahead of the collector's clock a span may be. */
export const AHEAD_MS_MAX = 10 * 60_000;
/**
 * Messages inside a span or resource (attributes, values, events) are read in one go. Longer ones are refused when they
 * have more fields than this: no encoder writes such a thing, and it would hold up all other requests.
 */
export const MESSAGE_BYTES_UNCOUNTED = 65_536;
export const MESSAGE_FIELDS_MAX = 65_536;
/** Groups in groups, which OTLP has none of. */
export const GROUP_DEPTH_MAX = 100;
/** A block is taken at this many rows or bytes, whichever comes first; the row that passes it is in it. */
export const BLOCK_ROWS_MAX = 16_384;
export const BLOCK_BYTES_MAX = 4 << 20;
/** All blocks of one request: what is shared by its spans is repeated in each row, so that a few bytes may become many. */
export const DECODED_BYTES_MAX = 128 << 20;
/** Objects and arrays around each other in a JSON body. */
export const JSON_DEPTH_MAX = 1 << 20;
