import { useId } from "react";

interface Option<T extends string> {
  value: T;
  name: string;
}

interface SegmentedControlProps<T extends string> {
  legend: string;
  options: readonly Option<T>[];
  value: T;
  onChange: (value: T) => void;
  /** The options share the whole width; the legend is for screen readers then. */
  wide?: boolean;
}

/** One choice of few, side by side: native radio buttons, so that the arrow keys move the choice. */
export function SegmentedControl<T extends string>(props: SegmentedControlProps<T>) {
  const { legend, options, value, onChange, wide = false } = props;
  const id = useId();
  return (
    <div
      role="radiogroup"
      aria-labelledby={id}
      className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2"
    >
      <p id={id} className={wide ? "sr-only" : "font-medium text-ink"}>
        {legend}
      </p>
      <div
        className={`flex gap-0.5 rounded-control border border-line-strong/60 bg-raised p-0.5 ${wide ? "w-full" : ""}`}
      >
        {options.map((option) => (
          <label
            key={option.value}
            className={`relative flex min-h-9 items-center justify-center rounded-[0.3125rem] font-medium text-ink-soft transition-colors hover:text-ink has-checked:bg-accent has-checked:text-on-accent has-checked:forced-color-adjust-none has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent pointer-coarse:min-h-11 pointer-coarse:min-w-11 ${wide ? "grow px-1.5" : "px-3.5"}`}
          >
            <input
              type="radio"
              name={id}
              value={option.value}
              checked={option.value === value}
              onChange={() => {
                onChange(option.value);
              }}
              className="absolute inset-0 size-full cursor-pointer opacity-0"
            />
            {option.name}
          </label>
        ))}
      </div>
    </div>
  );
}
