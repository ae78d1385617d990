import { useCopy } from './copy-button.tsx';

/** Lines for the terminal, with a button that copies them. */
export function CopyLine(props: { text: string; label: string }) {
  const { text, label } = props;
  const [said, copy] = useCopy();
  return (
    <div class="copy">
      <code>{text}</code>
      <button type="button" class="button" aria-label={`Copy: ${label}`} onClick={() => copy(text)}>
        Copy
      </button>
      <span role="status" class="copy-said">
        {said}
      </span>
    </div>
  );
}
