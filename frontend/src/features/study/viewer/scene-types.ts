import type { AxialAxis } from "../../../domain/study-axis";
import type { PlaneCounts, ViewPlace } from "../../../domain/view-place";
import type { ViewSettings } from "../../../domain/view-settings";
import type { IntensityWindow, WindowPresets } from "../../../lib/intensity-window";

/** The bytes of a study's two NIfTI files, compressed or not, and what they are to start with. */
export interface SceneParts {
  volume: ArrayBuffer;
  /** Null where nothing was outlined. */
  mask: ArrayBuffer | null;
  axis: AxialAxis;
  slice_index: number;
  settings: ViewSettings;
}

/** What the scene tells of the reader's doings. */
export interface SceneEvents {
  onSlice: (index: number) => void;
  onWindow: (window: IntensityWindow) => void;
  onPlace: (place: ViewPlace) => void;
  /** The graphics context is gone, and does not come back by itself. */
  onLost: () => void;
}

/** What the page may ask of a scene; the one class that does it knows NiiVue. */
export interface Scene {
  readonly presets: WindowPresets;
  readonly counts: PlaneCounts;
  readonly place: ViewPlace;
  showPlace: (place: ViewPlace) => void;
  showSlice: (index: number) => void;
  show: (settings: ViewSettings) => void;
  dispose: () => void;
}
