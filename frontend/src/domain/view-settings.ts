import type { IntensityWindow, WindowPresets } from "../lib/intensity-window";
import type { PictureOverlay } from "./study-artefacts";

export const PLANES = ["axial", "coronal", "sagittal", "all", "volume"] as const;
export type Plane = (typeof PLANES)[number];

export const CONVENTIONS = ["radiological", "neurological"] as const;
export type Convention = (typeof CONVENTIONS)[number];

/** How a study is shown; what it is shown of lies elsewhere. */
export interface ViewSettings {
  plane: Plane;
  mask: PictureOverlay;
  /** In [0, 1]. */
  mask_opacity: number;
  convention: Convention;
  /** In the volume's own units; null until the volume is there to say what they are. */
  window: IntensityWindow | null;
  presets: WindowPresets | null;
}

export const FIRST_VIEW: ViewSettings = {
  plane: "axial",
  mask: "outline",
  mask_opacity: 0.9,
  convention: "radiological",
  window: null,
  presets: null,
};

/** Which side of the picture shows which side of the patient, in words. */
export function describeConvention(convention: Convention, plane: Plane): string {
  if (plane === "volume")
    return "Drag, or move the sliders, to turn the head; the letters on the cube say which way it looks.";
  const side =
    convention === "radiological"
      ? "The patient’s right is on the left of the picture, as if seen from the feet"
      : "The patient’s right is on the right of the picture, as if seen from above";
  switch (plane) {
    case "sagittal":
      return "Seen from the side: the patient’s front is on the right of the picture.";
    case "coronal":
    case "axial":
    case "all":
      return `${side} (${convention} convention).`;
  }
}

/** What of the patient lies at each edge of the picture. */
export interface EdgeLetters {
  left: string;
  right: string;
  top: string;
  bottom: string;
}

/** The letters of a plane that fills the picture; null where several do, or none. */
export function toEdgeLetters(plane: Plane, convention: Convention): EdgeLetters | null {
  const sides =
    convention === "radiological" ? { left: "R", right: "L" } : { left: "L", right: "R" };
  switch (plane) {
    case "axial":
      return { ...sides, top: "A", bottom: "P" };
    case "coronal":
      return { ...sides, top: "S", bottom: "I" };
    case "sagittal":
      return { left: "P", right: "A", top: "S", bottom: "I" };
    case "all":
    case "volume":
      return null;
  }
}
