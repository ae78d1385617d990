import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { type AnnotationQuery, AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { DATASOURCE, table } from './clickhouse-query.ts';
import { chosen } from './variables.ts';

/**
 * A mark where a service first answered with another version than before: the version of each minute is the newest that
 * began in it or earlier, so a rolling deploy, in which both answer for a while, is one mark.
 */
export const deploys = (): Builder<AnnotationQuery> =>
  new AnnotationQueryBuilder()
    .name('Deploys')
    .datasource(DATASOURCE)
    .enable(true)
    .iconColor('blue')
    .target(
      table(`
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
ORDER BY time`),
    );
