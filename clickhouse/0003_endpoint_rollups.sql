-- What is additive over requests, per minute and, cascading, per hour. Whole numbers only, so that neither the split into
-- batches nor their order changes a digit: logarithms (natural, of nanoseconds) are summed in millionths.
CREATE TABLE IF NOT EXISTS {DATABASE}.endpoint_minutely {ON_CLUSTER}
(
    minute DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
    service LowCardinality(String),
    environment LowCardinality(String),
    version LowCardinality(String),
    method LowCardinality(String),
    route LowCardinality(String),
    requests SimpleAggregateFunction(sum, UInt64),
    errors SimpleAggregateFunction(sum, UInt64),
    slow_requests SimpleAggregateFunction(sum, UInt64),
    duration_ns_sum SimpleAggregateFunction(sum, UInt64),
    duration_ns_min SimpleAggregateFunction(min, UInt64),
    duration_ns_max SimpleAggregateFunction(max, UInt64),
    log_micros_sum SimpleAggregateFunction(sum, UInt64),
    log_squared_micros_sum SimpleAggregateFunction(sum, UInt64),
    duration_ns_quantiles AggregateFunction(quantilesBFloat16(0.5, 0.95, 0.99), Float64) CODEC(ZSTD(1))
)
ENGINE = {R}AggregatingMergeTree
PARTITION BY toDate(minute)
ORDER BY (service, route, method, environment, version, minute)
TTL minute + INTERVAL 14 DAY
SETTINGS ttl_only_drop_parts = 1, merge_max_block_size = 128, {DEDUP};

CREATE MATERIALIZED VIEW IF NOT EXISTS {DATABASE}.endpoint_minutely_mv {ON_CLUSTER} TO {DATABASE}.endpoint_minutely AS
SELECT
    toStartOfMinute(toDateTime(timestamp, 'UTC')) AS minute,
    service, environment, version, method, route,
    count() AS requests,
    sum(error) AS errors,
    sum(slow) AS slow_requests,
    sum(duration_ns) AS duration_ns_sum,
    min(duration_ns) AS duration_ns_min,
    max(duration_ns) AS duration_ns_max,
    sum(toUInt64(round(log(greatest(duration_ns, 1)) * 1e6))) AS log_micros_sum,
    sum(toUInt64(round(pow(log(greatest(duration_ns, 1)), 2) * 1e6))) AS log_squared_micros_sum,
    quantilesBFloat16State(0.5, 0.95, 0.99)(toFloat64(duration_ns)) AS duration_ns_quantiles
FROM {DATABASE}.spans
WHERE entry = 1 AND ignored = 0
GROUP BY minute, service, environment, version, method, route;

CREATE TABLE IF NOT EXISTS {DATABASE}.endpoint_hourly {ON_CLUSTER}
(
    hour DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
    service LowCardinality(String),
    environment LowCardinality(String),
    version LowCardinality(String),
    method LowCardinality(String),
    route LowCardinality(String),
    requests SimpleAggregateFunction(sum, UInt64),
    errors SimpleAggregateFunction(sum, UInt64),
    slow_requests SimpleAggregateFunction(sum, UInt64),
    duration_ns_sum SimpleAggregateFunction(sum, UInt64),
    duration_ns_min SimpleAggregateFunction(min, UInt64),
    duration_ns_max SimpleAggregateFunction(max, UInt64),
    log_micros_sum SimpleAggregateFunction(sum, UInt64),
    log_squared_micros_sum SimpleAggregateFunction(sum, UInt64),
    duration_ns_quantiles AggregateFunction(quantilesBFloat16(0.5, 0.95, 0.99), Float64) CODEC(ZSTD(1))
)
ENGINE = {R}AggregatingMergeTree
PARTITION BY toYYYYMM(hour)
ORDER BY (service, route, method, environment, version, hour)
TTL hour + INTERVAL 13 MONTH
SETTINGS ttl_only_drop_parts = 1, merge_max_block_size = 128, {DEDUP};

CREATE MATERIALIZED VIEW IF NOT EXISTS {DATABASE}.endpoint_hourly_mv {ON_CLUSTER} TO {DATABASE}.endpoint_hourly AS
SELECT
    toStartOfHour(minute) AS hour,
    service, environment, version, method, route,
    sum(requests) AS requests,
    sum(errors) AS errors,
    sum(slow_requests) AS slow_requests,
    sum(duration_ns_sum) AS duration_ns_sum,
    min(duration_ns_min) AS duration_ns_min,
    max(duration_ns_max) AS duration_ns_max,
    sum(log_micros_sum) AS log_micros_sum,
    sum(log_squared_micros_sum) AS log_squared_micros_sum,
    quantilesBFloat16MergeState(0.5, 0.95, 0.99)(duration_ns_quantiles) AS duration_ns_quantiles
FROM {DATABASE}.endpoint_minutely
GROUP BY hour, service, environment, version, method, route;
