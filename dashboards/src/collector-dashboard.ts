import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { chart, stacked } from './chart-panel.ts';
import { type ClassicDashboard, classic, dashboard } from './classic.ts';
import { placed } from './grid.ts';
import { setupLink } from './links.ts';
import { stat } from './stat-panel.ts';
import { linksTo, rows, unit } from './table-panel.ts';
import { variables } from './variables.ts';

/**
 * Whether the collector keeps up: what arrives, how late, how far derivation and detection are, what is told, and what it
 * takes on disk. From tables, so that it needs no second data source and looks the same over an embedded engine and over a
 * server; what never reached a table (refused, rejected, dropped) is in the collector's `/metrics`, for Prometheus.
 */
export function collectorDashboard(): ClassicDashboard {
  return classic(
    dashboard(
      'collector',
      'Collector health',
      'Whether what is sent is stored, derived, compared and told in time',
    ).variables(variables()),
    placed([
      { heightUnits: 4, panels: numbers() },
      { heightUnits: 8, panels: charts() },
      { heightUnits: 9, panels: [progress(), windows(), notifications()] },
      { heightUnits: 10, panels: [tables(), services()] },
    ]),
  );
}

const OURS = 'active AND database = currentDatabase()';

/** A day and more, so that few partitions are read; nothing for longer than that is red all the same. */
const LATELY = 'timestamp > now() - INTERVAL 2 DAY';

const numbers = (): Builder<Panel>[] => [
  stat('Spans stored', 'short', {}, `SELECT sum(rows) AS spans FROM system.parts WHERE ${OURS} AND table = 'spans'`),
  stat('On disk', 'bytes', {}, `SELECT sum(bytes_on_disk) AS size_bytes FROM system.parts WHERE ${OURS}`),
  stat(
    'Since the last request arrived',
    's',
    { orange: 300, red: 3600 },
    `SELECT dateDiff('second', max(inserted_at), now64(3)) AS seconds FROM requests WHERE ${LATELY}`,
  ),
  stat(
    'Behind in deriving',
    's',
    { orange: 60, red: 600 },
    `SELECT greatest(dateDiff('second', min(position), (SELECT max(inserted_at) FROM requests WHERE ${LATELY})), 0) AS seconds
FROM progress FINAL`,
  ),
  stat(
    'Parts in the fullest partition',
    'short',
    { orange: 300, red: 1000 },
    `SELECT max(parts) AS parts FROM (SELECT table, partition_id, count() AS parts FROM system.parts WHERE ${OURS} GROUP BY table, partition_id)`,
  ),
];

const charts = (): Builder<Panel>[] => [
  stacked(
    'Requests that arrived per second, by service',
    'reqps',
    'By the time of their arrival: a gap is a collector that was down or an app that sent nothing',
    `SELECT $__timeInterval(inserted_at) AS time, service, count() / $__interval_s AS requests
FROM requests WHERE $__timeFilter(inserted_at)
GROUP BY time, service ORDER BY time`,
  ),
  chart(
    'From the end of a request to its storage',
    's',
    'Batches of an exporter take some seconds; more is a queue somewhere, or a clock that is wrong',
    `SELECT $__timeInterval(inserted_at) AS time, quantile(0.5)(delay) AS p50, quantile(0.99)(delay) AS p99
FROM
(
    SELECT inserted_at, greatest(dateDiff('millisecond', timestamp, inserted_at) / 1000 - duration_ns / 1e9, 0) AS delay
    FROM requests WHERE $__timeFilter(inserted_at)
)
GROUP BY time ORDER BY time`,
  ),
];

const progress = (): Builder<Panel> =>
  rows(
    'Derivation',
    'How far, by time of arrival, each derivation has come',
    `SELECT name, position, updated_at, dateDiff('second', position, updated_at) AS behind_seconds FROM progress FINAL ORDER BY name`,
    { behind_seconds: [unit('s')] },
  );

const windows = (): Builder<Panel> =>
  rows(
    'Windows that were closed',
    'A window is compared with those before it some seconds after its end',
    `SELECT window_start, window_minutes, endpoints, regressions, closed_at,
    dateDiff('second', window_start + toIntervalMinute(window_minutes), closed_at) AS after_its_end_seconds
FROM windows FINAL
WHERE $__timeFilter(closed_at)
ORDER BY closed_at DESC
LIMIT 100`,
    { after_its_end_seconds: [unit('s')] },
  );

const notifications = (): Builder<Panel> =>
  rows(
    'Notifications',
    'To webhooks, which are known here by a hash of their address only',
    `SELECT target, state, count() AS notifications, max(attempts) AS attempts_max, max(updated_at) AS last_updated,
    argMax(last_error, updated_at) AS last_error
FROM notifications FINAL
WHERE $__timeFilter(created_at)
GROUP BY target, state
ORDER BY last_updated DESC`,
    {},
  );

const tables = (): Builder<Panel> =>
  rows(
    'Tables',
    'On a cluster, those of the server that answers',
    `SELECT table, sum(p.rows) AS rows, sum(p.bytes_on_disk) AS size_bytes, sum(p.bytes_on_disk) / greatest(sum(p.rows), 1) AS row_bytes,
    count() AS parts, uniqExact(partition) AS partitions, min(min_time) AS oldest
FROM system.parts AS p
WHERE ${OURS}
GROUP BY table
ORDER BY size_bytes DESC`,
    { size_bytes: [unit('bytes')], row_bytes: [unit('bytes')] },
  );

const services = (): Builder<Panel> =>
  rows(
    'Services',
    'Who sent requests that arrived in this time range, and whether by @profiler/register (1) or plain OpenTelemetry (0)',
    `SELECT service, count() AS requests, max(instrumented) AS instrumented, uniqExact(version) AS versions, max(inserted_at) AS last_arrival
FROM requests
WHERE $__timeFilter(inserted_at)
GROUP BY service
ORDER BY requests DESC
LIMIT 200`,
    { service: [linksTo(setupLink())] },
  );
