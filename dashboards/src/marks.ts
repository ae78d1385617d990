import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { type AnnotationQuery, AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { DATASOURCE, table } from './clickhouse-query.ts';
import { ENDPOINT } from './columns.ts';
import { chosen, type FilterName, filterBy } from './variables.ts';

const mark = (name: string, colour: string, sql: string): Builder<AnnotationQuery> =>
  new AnnotationQueryBuilder().name(name).datasource(DATASOURCE).enable(true).iconColor(colour).target(table(sql));

/**
 * A mark where a service first answered with another version than before: the version of each minute is the newest that
 * began in it or earlier, so a rolling deploy, in which both answer for a while, is one mark.
 */
export const deploys = (): Builder<AnnotationQuery> =>
  mark(
    'Deploys',
    'blue',
    `
SELECT first_minute AS time, concat(service, ' ', version) AS text, [service, 'deploy'] AS tags
FROM
(
    SELECT service, version, min(minute) AS first_minute,
        lagInFrame(version) OVER (PARTITION BY service ORDER BY min(minute), version ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS previous_version
    FROM endpoint_minutely
    WHERE version != '' AND ${chosen('service')} AND ${chosen('environment')}
    GROUP BY service, version
)
WHERE previous_version != '' AND $__timeFilter(first_minute)
ORDER BY time`,
  );

/** A mark where an endpoint became slower or began to fail more, and why. */
export const regressionMarks = (...names: FilterName[]): Builder<AnnotationQuery> =>
  mark(
    'Regressions',
    'red',
    `
SELECT started_at AS time, concat(service, ' ', ${ENDPOINT}, ': ', explanation) AS text, [service, 'regression', kind] AS tags
FROM regressions FINAL
WHERE ${filterBy(...names)('started_at')}
ORDER BY time`,
  );
