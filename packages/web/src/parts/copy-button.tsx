import { useEffect, useRef, useState } from 'preact/hooks';

const SAID_MS = 2_000;

/** What the last copying came to, for two seconds, and how to copy. */
export function useCopy(): [said: string, copy: (text: string) => Promise<void>] {
  const [said, setSaid] = useState('');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async (text: string) => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid('Copied');
    } catch {
      // Over plain HTTP from another machine a browser keeps the clipboard to itself.
      setSaid('Select it by hand');
    }
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setSaid(''), SAID_MS);
  };
  return [said, copy];
}

/** Copies what `text` makes when it is pressed: making it may cost more than drawing the button. */
export function CopyButton(props: { what: string; text: () => string }) {
  const [said, copy] = useCopy();
  return (
    <span class="copy-button">
      <button type="button" class="button" onClick={() => copy(props.text())}>
        Copy as {props.what}
      </button>
      <span role="status" class="copy-said">
        {said}
      </span>
    </span>
  );
}
