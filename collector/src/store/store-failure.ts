import { StoreError } from './store.ts';

/**
 * Judges what went wrong. *Permanent* means that the statement or the data is at fault, and would fail again: syntax,
 * types, an unknown column, too many partitions. All else may succeed later, above all an engine that does not answer,
 * has no memory, disk or time left, or was not set up by its operator (no such table, no access): data that somebody
 * sent must not be given up for that.
 */
export function storeFailure(cause: unknown, doing: string): StoreError {
  if (cause instanceof StoreError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const code = codeOf(cause, message);
  const retryable = code === 0 || (RETRYABLE.has(code) && !TOO_MANY_PARTITIONS.test(message));
  return new StoreError(`${doing}: ${message.trim()}`, { retryable, code, cause });
}

/** ClickHouse gives this the code of "too many parts", which waiting does cure. */
const TOO_MANY_PARTITIONS = /too many partitions/i;

/** The text may quote a statement of anyone's, so the code counts only where the engine writes it: in front. */
function codeOf(cause: unknown, message: string): number {
  const own = cause instanceof Error && 'code' in cause ? Number(cause.code) : Number.NaN;
  if (Number.isInteger(own)) return own;
  return Number(/^(?:Query failed: )?Code: (\d+)\./.exec(message)?.[1] ?? 0);
}

const RETRYABLE = new Set([
  60, // UNKNOWN_TABLE: not migrated yet, or its DDL is still on the way through a cluster
  74, // CANNOT_READ_FROM_FILE_DESCRIPTOR
  75, // CANNOT_WRITE_TO_FILE_DESCRIPTOR
  76, // CANNOT_OPEN_FILE
  81, // UNKNOWN_DATABASE
  159, // TIMEOUT_EXCEEDED
  164, // READONLY: a user without the right
  173, // CANNOT_ALLOCATE_MEMORY
  192, // UNKNOWN_USER
  193, // WRONG_PASSWORD
  198, // DNS_ERROR
  201, // QUOTA_EXCEEDED
  202, // TOO_MANY_SIMULTANEOUS_QUERIES
  203, // NO_FREE_CONNECTION
  209, // SOCKET_TIMEOUT
  210, // NETWORK_ERROR
  225, // NO_ZOOKEEPER
  236, // ABORTED
  241, // MEMORY_LIMIT_EXCEEDED
  242, // TABLE_IS_READ_ONLY
  243, // NOT_ENOUGH_SPACE
  252, // TOO_MANY_PARTS
  279, // ALL_CONNECTION_TRIES_FAILED
  285, // TOO_FEW_LIVE_REPLICAS
  286, // UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE
  289, // REPLICA_IS_NOT_IN_QUORUM
  319, // UNKNOWN_STATUS_OF_INSERT
  364, // IP_ADDRESS_NOT_ALLOWED
  394, // QUERY_WAS_CANCELLED
  425, // SYSTEM_ERROR
  439, // CANNOT_SCHEDULE_TASK
  473, // DEADLOCK_AVOIDED
  497, // ACCESS_DENIED
  516, // AUTHENTICATION_FAILED
  574, // DISTRIBUTED_TOO_MANY_PENDING_BYTES
  692, // TOO_MANY_MUTATIONS
  745, // SERVER_OVERLOADED
  999, // KEEPER_EXCEPTION
  1000, // POCO_EXCEPTION: sockets, files
  1001, // STD_EXCEPTION: files, memory
  1002, // UNKNOWN_EXCEPTION
]);
