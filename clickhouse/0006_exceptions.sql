-- Exceptions: one row per request (or span, or log record outside one) x type x message, however often it was recorded on
-- the way up and by however many signals. `occurrence_id` is the entry span's id; outside a request the recording span's;
-- for a log record without a trace, a hash of the record. `retracted` takes back what a log record stood for that had been given up
-- before the rest of its trace came: `FINAL` leaves such rows out.
CREATE TABLE IF NOT EXISTS {DATABASE}.exceptions {ON_CLUSTER}
(
    timestamp DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    trace_id String CODEC(ZSTD(1)),
    occurrence_id String CODEC(ZSTD(1)),
    exception_key UInt64 CODEC(ZSTD(1)),
    service LowCardinality(String),
    environment LowCardinality(String),
    version LowCardinality(String),
    method LowCardinality(String),
    route LowCardinality(String),
    exception_type LowCardinality(String),
    exception_message String CODEC(ZSTD(1)),
    exception_stacktrace String CODEC(ZSTD(1)),
    inserted_at DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    retracted UInt8 DEFAULT 0 CODEC(ZSTD(1)),
    INDEX trace_id trace_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {R}ReplacingMergeTree(inserted_at, retracted)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (service, exception_key, trace_id, occurrence_id)
TTL toDateTime(timestamp) + INTERVAL 90 DAY
SETTINGS {DEDUP};

-- Exceptions that came as log records inside a trace wait here until the trace is derived.
CREATE TABLE IF NOT EXISTS {DATABASE}.log_exceptions {ON_CLUSTER}
(
    timestamp DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    trace_id String CODEC(ZSTD(1)),
    span_id String CODEC(ZSTD(1)),
    service LowCardinality(String),
    environment LowCardinality(String),
    version LowCardinality(String),
    exception_type LowCardinality(String),
    exception_message String CODEC(ZSTD(1)),
    exception_stacktrace String CODEC(ZSTD(1)),
    batch_id UInt64 CODEC(ZSTD(1)),
    inserted_at DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    INDEX trace_id trace_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX inserted_at inserted_at TYPE minmax GRANULARITY 1
)
ENGINE = {R}MergeTree
PARTITION BY toDate(timestamp)
ORDER BY (service, timestamp)
TTL toDateTime(timestamp) + INTERVAL {RETENTION_DAYS} DAY
SETTINGS ttl_only_drop_parts = 1, {DEDUP};
