import { useId } from "react";
import { infernoGradient } from "../../lib/inferno";

interface HeatMapControlsProps {
  opacity: number;
  onOpacity: (opacity: number) => void;
}

/** How strongly the heat map covers the slice, and what its colours mean. */
export function HeatMapControls({ opacity, onOpacity }: HeatMapControlsProps) {
  const id = useId();
  return (
    <div className="mt-5 grid gap-x-10 gap-y-5 sm:grid-cols-2">
      <div>
        <div className="flex justify-between gap-4">
          <label htmlFor={id} className="font-medium text-ink">
            Heat map opacity
          </label>
          <output htmlFor={id} className="tabular-nums">
            {opacity}%
          </output>
        </div>
        <input
          id={id}
          type="range"
          min={0}
          max={100}
          step={5}
          value={opacity}
          onChange={(event) => {
            onOpacity(event.target.valueAsNumber);
          }}
          className="slider mt-1.5 w-full"
        />
      </div>
      <div>
        <p className="font-medium text-ink">Evidence for a tumour</p>
        <span
          aria-hidden
          className="mt-2.5 block h-2.5 rounded-full forced-color-adjust-none"
          style={{ background: infernoGradient() }}
        />
        <p className="mt-1 flex justify-between text-xs">
          <span>none</span>
          <span>strongest</span>
        </p>
      </div>
    </div>
  );
}
