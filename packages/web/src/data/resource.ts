// One list or object of the API, kept fresh while a page shows it. What was shown stays until the new answer is here,
// and an answer equal to the last changes nothing, so a refresh cannot flicker.

import { useEffect, useRef, useState } from 'preact/hooks';
import { live, noteAnswer, noteFailure, REFRESH_INTERVAL_MS, RETRY_INTERVAL_MS } from './live.ts';
import { RequestFailure, request } from './request.ts';

export interface Resource<T> {
  /** The newest answer; of the address shown before, while `stale`. */
  readonly data: T | undefined;
  /** Why there is no newer one. */
  readonly failure: RequestFailure | undefined;
  /** The address changed and its answer is not here yet. */
  readonly stale: boolean;
  /** Ask again now. */
  readonly refresh: () => void;
}

interface Answer {
  readonly url: string;
  readonly text: string;
  readonly data: unknown;
}

const ANSWERS_MAX = 30;
/** Answers by address, so that going back shows at once what was there. The oldest goes first. */
const answers = new Map<string, Answer>();

function remember(answer: Answer): void {
  answers.delete(answer.url);
  answers.set(answer.url, answer);
  const oldest = answers.keys().next().value;
  if (answers.size > ANSWERS_MAX && oldest !== undefined) answers.delete(oldest);
}

/** `url` undefined asks nothing; `everyMs` says how long an answer stays fresh. */
export function useResource<T>(
  url: string | undefined,
  everyMs: number | ((data: T) => number) = REFRESH_INTERVAL_MS,
): Resource<T> {
  const [answer, setAnswer] = useState<Answer | undefined>(() => (url === undefined ? undefined : answers.get(url)));
  const [failure, setFailure] = useState<{ url: string; failure: RequestFailure } | undefined>(undefined);
  const ask = useRef(() => {});

  useEffect(() => {
    if (url === undefined) return;
    const aborting = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let asking = false;
    // Asked for while an answer was under way, which may be older than what was done since.
    let askAgain = false;
    const known = answers.get(url);
    if (known) setAnswer(known);

    const wait = (ms: number) => {
      clearTimeout(timer);
      timer = setTimeout(tick, ms);
    };
    const tick = () =>
      document.hidden || !live.peek() ? wait(typeof everyMs === 'number' ? everyMs : REFRESH_INTERVAL_MS) : load();
    /** One request at a time: while one is under way this does nothing. */
    const load = async () => {
      if (asking) return;
      asking = true;
      clearTimeout(timer);
      try {
        const text = await request(url, { signal: aborting.signal });
        noteAnswer();
        setFailure(undefined);
        const last = answers.get(url);
        const next = last?.text === text ? last : { url, text, data: JSON.parse(text) as unknown };
        remember(next);
        setAnswer(next);
        wait(typeof everyMs === 'number' ? everyMs : everyMs(next.data as T));
      } catch (error) {
        if (aborting.signal.aborted) return;
        const reason =
          error instanceof RequestFailure
            ? error
            : new RequestFailure('failed', 200, 'The answer of the collector could not be read');
        if (reason.reason === 'unreachable') noteFailure(reason, Date.now());
        else noteAnswer();
        setFailure({ url, failure: reason });
        // Waiting for a collector goes on even where refreshing was switched off. One that fails is not asked more often.
        timer = setTimeout(load, reason.reason === 'unreachable' ? RETRY_INTERVAL_MS : REFRESH_INTERVAL_MS);
      } finally {
        asking = false;
        if (askAgain && !aborting.signal.aborted) {
          askAgain = false;
          void load();
        }
      }
    };
    const onVisible = () => {
      if (!document.hidden && live.peek()) void load();
    };
    ask.current = () => {
      askAgain = asking;
      void load();
    };
    document.addEventListener('visibilitychange', onVisible);
    void load();
    return () => {
      aborting.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [url]);

  return {
    data: answer?.data as T | undefined,
    failure: failure !== undefined && failure.url === url ? failure.failure : undefined,
    stale: answer !== undefined && answer.url !== url,
    refresh: () => ask.current(),
  };
}
