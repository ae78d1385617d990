-- Requests: the entry spans, ordered by time, so that a list of them reads only them.
CREATE TABLE IF NOT EXISTS {DATABASE}.requests {ON_CLUSTER}
(
    timestamp DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    duration_ns UInt64 CODEC(T64, ZSTD(1)),
    trace_id String CODEC(ZSTD(1)),
    span_id String CODEC(ZSTD(1)),
    service LowCardinality(String) CODEC(ZSTD(1)),
    environment LowCardinality(String) CODEC(ZSTD(1)),
    version LowCardinality(String) CODEC(ZSTD(1)),
    method LowCardinality(String) CODEC(ZSTD(1)),
    route LowCardinality(String) CODEC(ZSTD(1)),
    path String CODEC(ZSTD(1)),
    status_code UInt16 CODEC(ZSTD(1)),
    error UInt8 CODEC(ZSTD(1)),
    slow UInt8 CODEC(ZSTD(1)),
    instrumented UInt8 CODEC(ZSTD(1)),
    inserted_at DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    INDEX trace_id trace_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {R}MergeTree
PARTITION BY toDate(timestamp)
ORDER BY (toStartOfMinute(timestamp), service, timestamp, trace_id, span_id)
TTL toDateTime(timestamp) + INTERVAL {RETENTION_DAYS} DAY
SETTINGS ttl_only_drop_parts = 1, {DEDUP};

CREATE MATERIALIZED VIEW IF NOT EXISTS {DATABASE}.requests_mv {ON_CLUSTER} TO {DATABASE}.requests AS
SELECT
    timestamp, duration_ns, trace_id, span_id, service, environment, version, method, route, path, status_code, error, slow,
    instrumented, inserted_at
FROM {DATABASE}.spans
WHERE entry = 1 AND ignored = 0;
