-- What the detectors and a person decided. Small; the newest row of a key stands.
CREATE TABLE IF NOT EXISTS {DATABASE}.finding_states {ON_CLUSTER}
(
    finding_key UInt64,
    state LowCardinality(String),
    updated_at DateTime64(3, 'UTC')
)
ENGINE = {R}ReplacingMergeTree(updated_at)
ORDER BY finding_key;

CREATE TABLE IF NOT EXISTS {DATABASE}.regressions {ON_CLUSTER}
(
    key String,
    kind LowCardinality(String),
    rule LowCardinality(String),
    state LowCardinality(String),
    service LowCardinality(String),
    environment LowCardinality(String),
    method LowCardinality(String),
    route LowCardinality(String),
    baseline Float64,
    current Float64,
    change Float64,
    baseline_requests UInt64,
    current_requests UInt64,
    version String,
    explanation String,
    signal LowCardinality(String),
    baseline_until DateTime('UTC'),
    evidence String CODEC(ZSTD(1)),
    window_start DateTime('UTC'),
    window_minutes UInt16,
    started_at DateTime64(3, 'UTC'),
    resolved_at Nullable(DateTime64(3, 'UTC')),
    updated_at DateTime64(3, 'UTC')
)
ENGINE = {R}ReplacingMergeTree(updated_at)
ORDER BY key
TTL toDateTime(started_at) + INTERVAL 13 MONTH;

-- What the rule `scan` compares: an endpoint's numbers in each closed window, percentiles merged once and not at every
-- comparison. Written when a window closes, from the rollups; the newest row of a window stands.
CREATE TABLE IF NOT EXISTS {DATABASE}.endpoint_windows {ON_CLUSTER}
(
    window_start DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
    window_minutes UInt16,
    service LowCardinality(String),
    environment LowCardinality(String),
    method LowCardinality(String),
    route LowCardinality(String),
    requests UInt64 CODEC(T64, ZSTD(1)),
    errors UInt64 CODEC(T64, ZSTD(1)),
    duration_ns_sum UInt64 CODEC(T64, ZSTD(1)),
    log_micros_sum UInt64 CODEC(T64, ZSTD(1)),
    log_squared_micros_sum UInt64 CODEC(T64, ZSTD(1)),
    p50_ns Float32,
    p90_ns Float32,
    p95_ns Float32,
    p975_ns Float32,
    p99_ns Float32,
    computed_at DateTime64(3, 'UTC')
)
ENGINE = {R}ReplacingMergeTree(computed_at)
PARTITION BY toYYYYMM(window_start)
ORDER BY (window_minutes, service, route, method, environment, window_start)
TTL window_start + toIntervalMinute(window_minutes * 1024);

-- A notification is recorded as pending before it is sent and as sent after the receiver answered.
CREATE TABLE IF NOT EXISTS {DATABASE}.notifications {ON_CLUSTER}
(
    idempotency_key String,
    target String,
    state LowCardinality(String),
    attempts UInt32,
    last_error String,
    body String CODEC(ZSTD(1)),
    created_at DateTime64(3, 'UTC'),
    updated_at DateTime64(3, 'UTC')
)
ENGINE = {R}ReplacingMergeTree(updated_at)
ORDER BY (idempotency_key, target)
TTL toDateTime(created_at) + INTERVAL 13 MONTH;

-- Windows that the scheduler closed.
CREATE TABLE IF NOT EXISTS {DATABASE}.windows {ON_CLUSTER}
(
    window_start DateTime('UTC'),
    window_minutes UInt16,
    endpoints UInt32,
    regressions UInt32,
    closed_at DateTime64(3, 'UTC')
)
ENGINE = {R}ReplacingMergeTree(closed_at)
ORDER BY (window_minutes, window_start)
TTL window_start + INTERVAL 13 MONTH;

-- How far, by time of arrival, each derivation has come.
CREATE TABLE IF NOT EXISTS {DATABASE}.progress {ON_CLUSTER}
(
    name String,
    position DateTime64(3, 'UTC'),
    updated_at DateTime64(3, 'UTC')
)
ENGINE = {R}ReplacingMergeTree(updated_at)
ORDER BY name;
