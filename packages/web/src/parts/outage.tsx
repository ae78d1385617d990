// The collector is away. What was read stays on the page; this line says so, and goes when it is back.

import { outage, RETRY_INTERVAL_MS } from '../data/live.ts';
import { moment } from '../format/moment.ts';

export function Outage() {
  const away = outage.value;
  return (
    <div role="status">
      {away && (
        <p class="outage">
          <strong>The collector does not answer</strong> since{' '}
          {moment(new Date(away.sinceMs).toISOString(), new Date())}. What you see is from before. Trying again every{' '}
          {RETRY_INTERVAL_MS / 1000} s; start it with <code>profiler start</code>. Apps that it serves go on
          undisturbed.
        </p>
      )}
    </div>
  );
}
