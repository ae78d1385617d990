import { live } from '../data/live.ts';

export function LiveSwitch() {
  return (
    <button
      type="button"
      class="button live"
      aria-pressed={live.value}
      title="Refresh every 5 seconds"
      onClick={() => {
        live.value = !live.value;
      }}
    >
      <span class="live-dot" aria-hidden="true" />
      Live
    </button>
  );
}
