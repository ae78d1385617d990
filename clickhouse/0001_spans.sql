-- Raw spans, as decoded. One row per span; times in UTC; what the views need is fixed here, at decode.
-- A call is a query or an outgoing HTTP call (db_system 'http'), and has a fingerprint. call_flags: 1 it asks for many at once, 2 it
-- carries no statement and its text is its operation and collection, 4 it is sent again. values_hash tells calls with the same
-- values from others: of a called URL, 1 for a statement that has none, 0 where they are not known.
CREATE TABLE IF NOT EXISTS {DATABASE}.spans {ON_CLUSTER}
(
    timestamp DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    duration_ns UInt64 CODEC(T64, ZSTD(1)),
    trace_id String CODEC(ZSTD(1)),
    span_id String CODEC(ZSTD(1)),
    parent_span_id String CODEC(ZSTD(1)),
    trace_flags UInt8 CODEC(ZSTD(1)),
    service LowCardinality(String) CODEC(ZSTD(1)),
    environment LowCardinality(String) CODEC(ZSTD(1)),
    version LowCardinality(String) CODEC(ZSTD(1)),
    name LowCardinality(String) CODEC(ZSTD(1)),
    kind UInt8 CODEC(ZSTD(1)),
    span_status UInt8 CODEC(ZSTD(1)),
    span_status_message String CODEC(ZSTD(1)),
    scope LowCardinality(String) CODEC(ZSTD(1)),
    entry UInt8 CODEC(ZSTD(1)),
    ignored UInt8 CODEC(ZSTD(1)),
    slow UInt8 CODEC(ZSTD(1)),
    error UInt8 CODEC(ZSTD(1)),
    method LowCardinality(String) CODEC(ZSTD(1)),
    route LowCardinality(String) CODEC(ZSTD(1)),
    path String CODEC(ZSTD(1)),
    status_code UInt16 CODEC(ZSTD(1)),
    db_system LowCardinality(String) CODEC(ZSTD(1)),
    query_text LowCardinality(String) CODEC(ZSTD(1)),
    fingerprint UInt64 CODEC(ZSTD(1)),
    call_flags UInt8 CODEC(ZSTD(1)),
    values_hash UInt32 CODEC(ZSTD(1)),
    exception_type LowCardinality(String) CODEC(ZSTD(1)),
    exception_message String CODEC(ZSTD(1)),
    exception_stacktrace String CODEC(ZSTD(1)),
    folded UInt8 CODEC(ZSTD(1)),
    instrumented UInt8 CODEC(ZSTD(1)),
    entry_span_id String CODEC(ZSTD(1)),
    loop_path String CODEC(ZSTD(1)),
    resource Map(LowCardinality(String), LowCardinality(String)) CODEC(ZSTD(1)),
    attributes Map(LowCardinality(String), String) CODEC(ZSTD(3)) SETTINGS (min_compress_block_size = 262144, max_compress_block_size = 262144),
    events String CODEC(ZSTD(1)),
    links String CODEC(ZSTD(1)),
    batch_id UInt64 CODEC(ZSTD(1)),
    inserted_at DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    INDEX trace_id trace_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX duration_ns duration_ns TYPE minmax GRANULARITY 1,
    INDEX inserted_at inserted_at TYPE minmax GRANULARITY 1,
    INDEX batch_id batch_id TYPE minmax GRANULARITY 1
)
ENGINE = {R}MergeTree
PARTITION BY toDate(timestamp)
PRIMARY KEY (service, toStartOfMinute(timestamp), trace_id)
ORDER BY (service, toStartOfMinute(timestamp), trace_id, timestamp)
TTL toDateTime(timestamp) + INTERVAL {RETENTION_DAYS} DAY
SETTINGS ttl_only_drop_parts = 1, {DEDUP};
