import type { DecodeCounts, RejectionReason } from './decode-counts.ts';

const MEANING: Readonly<Record<RejectionReason, string>> = {
  invalid_id: 'with a trace, span or parent id of the wrong length or all zero',
  too_old: 'older than the retention',
  in_future: 'more than ten minutes ahead of the collector',
};

/** What a sender reads about its rejected spans or log records: `2 older than the retention, 1 ...`. */
export function rejectionMessage({ rejected }: DecodeCounts): string {
  const parts = Object.entries(MEANING)
    .filter(([reason]) => rejected[reason as RejectionReason] > 0)
    .map(([reason, meaning]) => `${rejected[reason as RejectionReason]} ${meaning}`);
  return parts.join(', ');
}
