-- The schema that Grafana's own OpenTelemetry dashboards and trace panels expect: that of the OpenTelemetry Collector's ClickHouse
-- exporter. Names, types and spellings are its, so that a query written for it runs here.
-- A span's exception stands in columns of its own; as an event it comes last, at the end of the span.
CREATE OR REPLACE VIEW {DATABASE}.otel_traces {ON_CLUSTER} AS
SELECT
    timestamp AS Timestamp,
    trace_id AS TraceId,
    span_id AS SpanId,
    parent_span_id AS ParentSpanId,
    '' AS TraceState,
    name AS SpanName,
    ['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'][least(kind, 5) + 1] AS SpanKind,
    service AS ServiceName,
    CAST(resource, 'Map(LowCardinality(String), String)') AS ResourceAttributes,
    scope AS ScopeName,
    '' AS ScopeVersion,
    attributes AS SpanAttributes,
    duration_ns AS Duration,
    ['Unset', 'Ok', 'Error'][least(span_status, 2) + 1] AS StatusCode,
    span_status_message AS StatusMessage,
    arrayConcat(
        arrayMap(e -> fromUnixTimestamp64Nano(toInt64OrZero(JSONExtractString(e, 'timeUnixNano')), 'UTC'), JSONExtractArrayRaw(events)),
        if(exception_type = '' AND exception_message = '', [], [addNanoseconds(timestamp, duration_ns)])
    ) AS `Events.Timestamp`,
    CAST(
        arrayConcat(
            arrayMap(e -> JSONExtractString(e, 'name'), JSONExtractArrayRaw(events)),
            if(exception_type = '' AND exception_message = '', [], ['exception'])
        ),
        'Array(LowCardinality(String))'
    ) AS `Events.Name`,
    CAST(
        arrayConcat(
            arrayMap(e -> JSONExtract(e, 'attributes', 'Map(String, String)'), JSONExtractArrayRaw(events)),
            if(
                exception_type = '' AND exception_message = '',
                [],
                [map(
                    'exception.type', toString(exception_type),
                    'exception.message', exception_message,
                    'exception.stacktrace', exception_stacktrace
                )]
            )
        ),
        'Array(Map(LowCardinality(String), String))'
    ) AS `Events.Attributes`,
    arrayMap(l -> JSONExtractString(l, 'traceId'), JSONExtractArrayRaw(links)) AS `Links.TraceId`,
    arrayMap(l -> JSONExtractString(l, 'spanId'), JSONExtractArrayRaw(links)) AS `Links.SpanId`,
    arrayMap(l -> '', JSONExtractArrayRaw(links)) AS `Links.TraceState`,
    CAST(
        arrayMap(l -> JSONExtract(l, 'attributes', 'Map(String, String)'), JSONExtractArrayRaw(links)),
        'Array(Map(LowCardinality(String), String))'
    ) AS `Links.Attributes`
FROM {DATABASE}.spans;

CREATE OR REPLACE VIEW {DATABASE}.otel_traces_trace_id_ts {ON_CLUSTER} AS
SELECT trace_id AS TraceId, min(timestamp) AS Start, max(timestamp) AS End
FROM {DATABASE}.spans
GROUP BY trace_id;

-- Of logs only exceptions are stored. Without a table of this name the bundled dashboards find no database at all.
CREATE OR REPLACE VIEW {DATABASE}.otel_logs {ON_CLUSTER} AS
SELECT
    timestamp AS Timestamp,
    toDateTime(timestamp, 'UTC') AS TimestampTime,
    trace_id AS TraceId,
    if(trace_id = '', '', occurrence_id) AS SpanId,
    toUInt8(trace_id != '') AS TraceFlags,
    'ERROR' AS SeverityText,
    toUInt8(17) AS SeverityNumber,
    service AS ServiceName,
    concat(exception_type, ': ', exception_message) AS Body,
    '' AS ResourceSchemaUrl,
    CAST(
        map('service.name', toString(service), 'service.version', toString(version), 'deployment.environment.name', toString(environment)),
        'Map(LowCardinality(String), String)'
    ) AS ResourceAttributes,
    '' AS ScopeSchemaUrl,
    '' AS ScopeName,
    '' AS ScopeVersion,
    CAST(map(), 'Map(LowCardinality(String), String)') AS ScopeAttributes,
    CAST(
        map(
            'exception.type', toString(exception_type),
            'exception.message', exception_message,
            'exception.stacktrace', exception_stacktrace,
            'http.request.method', toString(method),
            'http.route', toString(route)
        ),
        'Map(LowCardinality(String), String)'
    ) AS LogAttributes,
    'exception' AS EventName
FROM {DATABASE}.exceptions FINAL;
