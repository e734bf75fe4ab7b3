import type { RefObject } from "react";
import { RangeSlider } from "../../components/range-slider";
import { toPlaceSliders, type PlaneCounts, type ViewPlace } from "../../domain/view-place";
import type { Plane } from "../../domain/view-settings";

interface PlaceSlidersProps {
  plane: Plane;
  place: ViewPlace;
  counts: PlaneCounts;
  onPlace: (place: ViewPlace) => void;
  /** The first slider: what the keys are to move after a click into the picture. */
  first: RefObject<HTMLInputElement | null>;
}

/** The other planes and the head's turn, without a wheel or a drag: for keys and for fingers. */
export function PlaceSliders({ plane, place, counts, onPlace, first }: PlaceSlidersProps) {
  const sliders = toPlaceSliders(plane, place, counts);
  if (sliders.length === 0) return null;
  return (
    <div className="grid gap-x-8 gap-y-3 border-b border-line px-5 py-4 text-sm leading-6 text-ink-soft sm:auto-cols-fr sm:grid-flow-col sm:px-6">
      {sliders.map(({ part, label, min, max, shown }, at) => (
        <RangeSlider
          key={part}
          ref={at === 0 ? first : undefined}
          label={label}
          value={Math.round(place[part])}
          min={min}
          max={max}
          step={1}
          shown={shown}
          onChange={(value) => {
            onPlace({ ...place, [part]: value });
          }}
        />
      ))}
    </div>
  );
}
