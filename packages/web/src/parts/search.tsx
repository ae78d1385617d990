import { useEffect, useRef, useState } from 'preact/hooks';

const PAUSE_MS = 250;

/** Searches when typing pauses, and at once on Enter. */
export function Search(props: { placeholder: string; value: string; onSearch: (text: string) => void }) {
  const { placeholder, value, onSearch } = props;
  const [text, setText] = useState(value);
  const pause = useRef<ReturnType<typeof setTimeout>>(undefined);
  // Going back changes the address; the field follows it.
  useEffect(() => setText(value), [value]);
  useEffect(() => () => clearTimeout(pause.current), []);

  const search = (next: string) => {
    clearTimeout(pause.current);
    if (next !== value) onSearch(next);
  };
  return (
    <search class="search">
      <form
        class="field field-search"
        onSubmit={(event) => {
          event.preventDefault();
          search(text.trim());
        }}
      >
        <label for="search">Search</label>
        <input
          id="search"
          type="search"
          autocomplete="off"
          spellcheck={false}
          placeholder={placeholder}
          value={text}
          onInput={(event) => {
            const next = event.currentTarget.value;
            setText(next);
            clearTimeout(pause.current);
            pause.current = setTimeout(() => search(next.trim()), PAUSE_MS);
          }}
        />
      </form>
    </search>
  );
}
