import { useState } from 'preact/hooks';

const SAID_MS = 2_000;

/** A line for the terminal, with a button that copies it. */
export function CopyLine(props: { text: string; label: string }) {
  const { text, label } = props;
  const [said, setSaid] = useState('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid('Copied');
    } catch {
      // Over plain HTTP from another machine a browser keeps the clipboard to itself.
      setSaid('Select it by hand');
    }
    setTimeout(() => setSaid(''), SAID_MS);
  };
  return (
    <div class="copy">
      <code>{text}</code>
      <button type="button" class="button" aria-label={`Copy: ${label}`} onClick={copy}>
        Copy
      </button>
      <span role="status" class="copy-said">
        {said}
      </span>
    </div>
  );
}
