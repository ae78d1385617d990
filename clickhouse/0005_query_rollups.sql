-- What is derived per minute: recomputed whole from request_queries whenever a minute changed, never incremented; and per hour,
-- from its minutes, when the hour is over and whenever a minute of it changed. Minutes outlast the raw spans of their hour, so that
-- an hour is never computed from a part of them.
CREATE TABLE IF NOT EXISTS {DATABASE}.request_minutely {ON_CLUSTER}
(
    minute DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
    service LowCardinality(String),
    environment LowCardinality(String),
    version LowCardinality(String),
    method LowCardinality(String),
    route LowCardinality(String),
    query_count UInt64,
    query_ns UInt64,
    n_plus_one_requests UInt64,
    computed_at DateTime64(3, 'UTC'),
    INDEX computed_at computed_at TYPE minmax GRANULARITY 1
)
ENGINE = {R}ReplacingMergeTree(computed_at)
PARTITION BY toDate(minute)
ORDER BY (service, route, method, environment, version, minute)
TTL minute + INTERVAL {RETENTION_DAYS} DAY + INTERVAL 14 DAY
SETTINGS ttl_only_drop_parts = 1, {DEDUP};

CREATE TABLE IF NOT EXISTS {DATABASE}.request_hourly {ON_CLUSTER}
(
    hour DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
    service LowCardinality(String),
    environment LowCardinality(String),
    version LowCardinality(String),
    method LowCardinality(String),
    route LowCardinality(String),
    query_count UInt64,
    query_ns UInt64,
    n_plus_one_requests UInt64,
    computed_at DateTime64(3, 'UTC')
)
ENGINE = {R}ReplacingMergeTree(computed_at)
PARTITION BY toYYYYMM(hour)
ORDER BY (service, route, method, environment, version, hour)
TTL hour + INTERVAL 13 MONTH
SETTINGS ttl_only_drop_parts = 1, {DEDUP};

CREATE TABLE IF NOT EXISTS {DATABASE}.query_minutely {ON_CLUSTER}
(
    minute DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
    service LowCardinality(String),
    environment LowCardinality(String),
    version LowCardinality(String),
    method LowCardinality(String),
    route LowCardinality(String),
    fingerprint UInt64,
    db_system LowCardinality(String),
    query_text String CODEC(ZSTD(1)),
    calls UInt64,
    requests UInt64,
    duration_ns_sum UInt64,
    duration_ns_max UInt64,
    duration_ns_quantiles AggregateFunction(quantilesBFloat16Weighted(0.5, 0.95, 0.99), Float64, UInt64) CODEC(ZSTD(1)),
    computed_at DateTime64(3, 'UTC')
)
ENGINE = {R}ReplacingMergeTree(computed_at)
PARTITION BY toDate(minute)
ORDER BY (service, fingerprint, route, method, environment, version, db_system, minute)
TTL minute + INTERVAL {RETENTION_DAYS} DAY + INTERVAL 14 DAY
SETTINGS ttl_only_drop_parts = 1, merge_max_block_size = 128, {DEDUP};

CREATE TABLE IF NOT EXISTS {DATABASE}.query_hourly {ON_CLUSTER}
(
    hour DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
    service LowCardinality(String),
    environment LowCardinality(String),
    version LowCardinality(String),
    method LowCardinality(String),
    route LowCardinality(String),
    fingerprint UInt64,
    db_system LowCardinality(String),
    query_text String CODEC(ZSTD(1)),
    calls UInt64,
    requests UInt64,
    duration_ns_sum UInt64,
    duration_ns_max UInt64,
    duration_ns_quantiles AggregateFunction(quantilesBFloat16Weighted(0.5, 0.95, 0.99), Float64, UInt64) CODEC(ZSTD(1)),
    computed_at DateTime64(3, 'UTC')
)
ENGINE = {R}ReplacingMergeTree(computed_at)
PARTITION BY toYYYYMM(hour)
ORDER BY (service, fingerprint, route, method, environment, version, db_system, hour)
TTL hour + INTERVAL 13 MONTH
SETTINGS ttl_only_drop_parts = 1, merge_max_block_size = 128, {DEDUP};

-- Evidence for findings: requests of a minute in which the calls of one (fingerprint, loop path) reached a threshold: repeated as often
-- as makes a loop, or took as long as makes a query slow; or, with no fingerprint, which made too many queries. The type is told
-- when a finding is read: it depends on all of its minutes.
CREATE TABLE IF NOT EXISTS {DATABASE}.finding_minutely {ON_CLUSTER}
(
    minute DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
    finding_key UInt64,
    service LowCardinality(String),
    environment LowCardinality(String),
    version LowCardinality(String),
    method LowCardinality(String),
    route LowCardinality(String),
    fingerprint UInt64,
    loop_path String CODEC(ZSTD(1)),
    db_system LowCardinality(String),
    query_text String CODEC(ZSTD(1)),
    repeated_requests UInt64,
    slow_requests UInt64,
    many_requests UInt64,
    repeats_quantiles AggregateFunction(quantilesBFloat16(0.5), Float64) CODEC(ZSTD(1)),
    repeats_max UInt64,
    saved_ns_sum UInt64,
    duration_ns_sum UInt64,
    duration_ns_max UInt64,
    request_duration_ns_sum UInt64,
    code_file_path String,
    code_line_number UInt32,
    code_function_name String,
    distinct_values Int32,
    example_trace_ids Array(String),
    first_seen DateTime64(3, 'UTC'),
    last_seen DateTime64(3, 'UTC'),
    computed_at DateTime64(3, 'UTC')
)
ENGINE = {R}ReplacingMergeTree(computed_at)
PARTITION BY toYYYYMM(minute)
ORDER BY (service, finding_key, environment, version, minute)
TTL minute + INTERVAL 13 MONTH
SETTINGS merge_max_block_size = 128, {DEDUP};
