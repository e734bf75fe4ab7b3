import type { Plane } from "./view-settings";

/** Where the planes beside the axial one stand, and from where the rendered head is seen. */
export interface ViewPlace {
  /** Slice, counted from the patient's left. */
  sagittal: number;
  /** Slice, counted from the patient's back. */
  coronal: number;
  /** Degrees in [-180, 180]. */
  azimuth: number;
  /** Degrees in [-90, 90]. */
  elevation: number;
}

/** How many slices a volume has along its other axes. */
export interface PlaneCounts {
  sagittal: number;
  coronal: number;
}

/** A slider that moves a part of the place. */
export interface PlaceSlider {
  part: keyof ViewPlace;
  label: string;
  min: number;
  max: number;
  shown: string;
}

/** The place with azimuth and elevation within their ranges: round and round, but not over. */
export function keepInRange(place: ViewPlace): ViewPlace {
  const { azimuth, elevation } = place;
  return {
    ...place,
    azimuth: azimuth - 360 * Math.round(azimuth / 360),
    elevation: Math.min(90, Math.max(-90, elevation)),
  };
}

function toSliceSlider(
  part: "coronal" | "sagittal",
  label: string,
  from: string,
  place: ViewPlace,
  counts: PlaneCounts,
): PlaceSlider {
  const count = counts[part];
  return {
    part,
    label,
    min: 0,
    max: count - 1,
    shown: `${place[part] + 1} of ${count}, from the ${from}`,
  };
}

/** What moves in a plane and is not the axial slice, which has the strip. */
export function toPlaceSliders(
  plane: Plane,
  place: ViewPlace,
  counts: PlaneCounts,
): readonly PlaceSlider[] {
  const coronal = () => toSliceSlider("coronal", "Coronal slice", "back", place, counts);
  const sagittal = () => toSliceSlider("sagittal", "Sagittal slice", "left", place, counts);
  const degrees = (part: "azimuth" | "elevation", label: string, end: number): PlaceSlider => ({
    part,
    label,
    min: -end,
    max: end,
    shown: `${Math.round(place[part])}°`,
  });
  switch (plane) {
    case "axial":
      return [];
    case "coronal":
      return [coronal()];
    case "sagittal":
      return [sagittal()];
    case "all":
      return [coronal(), sagittal()];
    case "volume":
      return [degrees("azimuth", "Turn", 180), degrees("elevation", "Tilt", 90)];
  }
}
