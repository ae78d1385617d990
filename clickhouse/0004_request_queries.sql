-- Request queries: one row per request x fingerprint x loop path. Everything about queries is read from here, and about outgoing
-- HTTP calls, which have the db_system 'http' and count as no queries. `repeats` are the calls that make a loop: those that did not
-- fail and asked for one thing only.
-- `source` says who counted: 'entry' rows come from the table that our span processor writes on the entry span, 'derived'
-- rows from stored spans. A query span is counted by one of them only, so the two are added, never merged.
-- A request's rows are written again whole when late spans change them; the newest `inserted_at` stands. `timestamp` is the
-- entry span's start, so the minute in front of the sorting key is the same each time, and a minute is one range to read.
CREATE TABLE IF NOT EXISTS {DATABASE}.request_queries {ON_CLUSTER}
(
    timestamp DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    trace_id String CODEC(ZSTD(1)),
    entry_span_id String CODEC(ZSTD(1)),
    source Enum8('entry' = 0, 'derived' = 1),
    service LowCardinality(String),
    environment LowCardinality(String),
    version LowCardinality(String),
    method LowCardinality(String),
    route LowCardinality(String),
    request_duration_ns UInt64 CODEC(T64, ZSTD(1)),
    fingerprint UInt64 CODEC(ZSTD(1)),
    loop_path LowCardinality(String) CODEC(ZSTD(1)),
    db_system LowCardinality(String),
    query_text LowCardinality(String) CODEC(ZSTD(1)),
    calls UInt32 CODEC(ZSTD(1)),
    repeats UInt32 CODEC(ZSTD(1)),
    duration_ns UInt64 CODEC(T64, ZSTD(1)),
    duration_ns_max UInt64 CODEC(T64, ZSTD(1)),
    code_file_path LowCardinality(String) CODEC(ZSTD(1)),
    code_line_number UInt32 CODEC(ZSTD(1)),
    code_function_name LowCardinality(String) CODEC(ZSTD(1)),
    distinct_values Int32 CODEC(ZSTD(1)),
    inserted_at DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    INDEX inserted_at inserted_at TYPE minmax GRANULARITY 1,
    INDEX timestamp timestamp TYPE minmax GRANULARITY 1,
    INDEX trace_id trace_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {R}ReplacingMergeTree(inserted_at)
PARTITION BY toDate(timestamp)
ORDER BY (toStartOfMinute(timestamp), service, trace_id, entry_span_id, source, fingerprint, loop_path, db_system)
TTL toDateTime(timestamp) + INTERVAL {RETENTION_DAYS} DAY
SETTINGS ttl_only_drop_parts = 1, {DEDUP};
