import { useId, type Ref } from "react";

interface RangeSliderProps {
  label: string;
  value: number;
  min: number;
  max: number;
  step: number;
  /** The value in words, beside the label. */
  shown: string;
  disabled?: boolean;
  onChange: (value: number) => void;
  /** Of the native slider. */
  ref?: Ref<HTMLInputElement> | undefined;
}

/** A native slider with its name and its value over it. */
export function RangeSlider(props: RangeSliderProps) {
  const { label, value, min, max, step, shown, disabled = false, onChange, ref } = props;
  const id = useId();
  return (
    <div className={disabled ? "opacity-60" : ""}>
      <div className="flex justify-between gap-4">
        <label htmlFor={id} className="font-medium text-ink">
          {label}
        </label>
        <output htmlFor={id} className="tabular-nums">
          {shown}
        </output>
      </div>
      <input
        ref={ref}
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        disabled={disabled}
        aria-valuetext={shown}
        onChange={(event) => {
          onChange(event.target.valueAsNumber);
        }}
        className="slider mt-1.5 w-full"
      />
    </div>
  );
}
