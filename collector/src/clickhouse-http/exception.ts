/** An error as the engine words its own: `Code: 62. DB::Exception: Multi-statements are not allowed. (SYNTAX_ERROR)`. */
export function exception(code: number, message: string, name: string): Error {
  return new Error(`Code: ${code}. DB::Exception: ${message}. (${name})`);
}

/** The code of such an error; 1002, ClickHouse's "unknown exception", for any other. */
export function exceptionCode(message: string): number {
  return Number(/^Code: (\d+)\./.exec(message)?.[1] ?? 1002);
}

/** HTTP status of ClickHouse's exceptions, as its own server gives it; 500 for all that are not the caller's fault. */
export function exceptionStatus(code: number): number {
  return STATUS.get(code) ?? 500;
}

const STATUS = new Map<number, number>([
  [6, 400], // CANNOT_PARSE_TEXT
  [26, 400], // CANNOT_PARSE_QUOTED_STRING
  [27, 400], // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  [36, 400], // BAD_ARGUMENTS
  [41, 400], // CANNOT_PARSE_DATETIME
  [42, 400], // NUMBER_OF_ARGUMENTS_DOESNT_MATCH
  [43, 400], // ILLEGAL_TYPE_OF_ARGUMENT
  [44, 400], // ILLEGAL_COLUMN
  [46, 400], // UNKNOWN_FUNCTION
  [47, 400], // UNKNOWN_IDENTIFIER
  [48, 501], // NOT_IMPLEMENTED
  [53, 400], // TYPE_MISMATCH
  [57, 400], // TABLE_ALREADY_EXISTS
  [60, 404], // UNKNOWN_TABLE
  [62, 400], // SYNTAX_ERROR
  [81, 404], // UNKNOWN_DATABASE
  [82, 400], // DATABASE_ALREADY_EXISTS
  [115, 400], // UNKNOWN_SETTING
  [117, 400], // INCORRECT_DATA
  [159, 408], // TIMEOUT_EXCEEDED
  [164, 403], // READONLY
  [202, 503], // TOO_MANY_SIMULTANEOUS_QUERIES
  [386, 400], // NO_COMMON_TYPE
  [456, 400], // UNKNOWN_QUERY_PARAMETER
  [457, 400], // BAD_QUERY_PARAMETER
  [497, 403], // ACCESS_DENIED
  [516, 401], // AUTHENTICATION_FAILED
]);
