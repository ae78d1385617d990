-- The schema that Grafana's own OpenTelemetry dashboards and trace panels expect.
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
    span_status_message AS StatusMessage
FROM {DATABASE}.spans;

CREATE OR REPLACE VIEW {DATABASE}.otel_traces_trace_id_ts {ON_CLUSTER} AS
SELECT trace_id AS TraceId, min(timestamp) AS Start, max(timestamp) AS End
FROM {DATABASE}.spans
GROUP BY trace_id;
