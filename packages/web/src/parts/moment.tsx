import { signal } from '@preact/signals';
import { ago, moment } from '../format/moment.ts';

/** Ticks for what says `4 min ago`. */
const now = signal(new Date());
setInterval(() => {
  now.value = new Date();
}, 15_000);

export function Moment(props: { iso: string; as?: 'clock' | 'ago' }) {
  const text = props.as === 'ago' ? ago(props.iso, now.value) : moment(props.iso, now.value);
  return (
    <time dateTime={props.iso} title={props.iso}>
      {text}
    </time>
  );
}
