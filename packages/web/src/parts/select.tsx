export interface Option {
  readonly value: string;
  readonly text: string;
}

/** A labelled native select. A value that is not among the options (from an address) gets one, so that it is seen. */
export function Select(props: {
  label: string;
  value: string;
  options: readonly Option[];
  onChange: (value: string) => void;
}) {
  const { label, value, options, onChange } = props;
  const known = options.some((option) => option.value === value);
  return (
    <label class={value === options[0]?.value ? 'field' : 'field field-set'}>
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
        {!known && <option value={value}>{value}</option>}
      </select>
    </label>
  );
}
