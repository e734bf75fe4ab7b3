import { RangeSlider } from "../../components/range-slider";
import { SegmentedControl } from "../../components/segmented-control";
import type { PictureOverlay } from "../../domain/study-artefacts";
import {
  CONVENTIONS,
  PLANES,
  type Convention,
  type Plane,
  type ViewSettings,
} from "../../domain/view-settings";
import {
  WINDOW_PRESETS,
  fromShares,
  toShares,
  type WindowPreset,
} from "../../lib/intensity-window";

type Change = (changes: Partial<ViewSettings>) => void;

interface ControlProps {
  settings: ViewSettings;
  onChange: Change;
}

function toOptions<T extends string>(values: readonly T[], names: Record<T, string>) {
  return values.map((value) => ({ value, name: names[value] }));
}

const PLANE_OPTIONS = toOptions<Plane>(PLANES, {
  axial: "Axial",
  coronal: "Coronal",
  sagittal: "Sagittal",
  all: "All",
  volume: "3-D",
});

/** Which way the volume is cut. */
export function PlaneControl({ settings, onChange }: ControlProps) {
  return (
    <SegmentedControl
      wide
      legend="Plane"
      options={PLANE_OPTIONS}
      value={settings.plane}
      onChange={(plane) => {
        onChange({ plane });
      }}
    />
  );
}

const MASK_OPTIONS = toOptions<PictureOverlay>(["outline", "fill", "none"], {
  outline: "Outline",
  fill: "Fill",
  none: "None",
});

/** How the outlined lesion is drawn over the scan. */
export function MaskControl({ settings, onChange }: ControlProps) {
  return (
    <SegmentedControl
      legend="Mask"
      options={MASK_OPTIONS}
      value={settings.mask}
      onChange={(mask) => {
        onChange({ mask });
      }}
    />
  );
}

/** How strongly the mask covers what is under it. */
export function MaskOpacity({ settings, onChange }: ControlProps) {
  const percent = Math.round(settings.mask_opacity * 100);
  return (
    <RangeSlider
      label="Mask opacity"
      value={percent}
      min={5}
      max={100}
      step={5}
      shown={`${percent}%`}
      disabled={settings.mask === "none"}
      onChange={(value) => {
        onChange({ mask_opacity: value / 100 });
      }}
    />
  );
}

const CONVENTION_OPTIONS = toOptions<Convention>(CONVENTIONS, {
  radiological: "Radiological",
  neurological: "Neurological",
});

/** Which side of the picture is the patient's right. */
export function ConventionControl({ settings, onChange }: ControlProps) {
  return (
    <SegmentedControl
      legend="Left and right"
      options={CONVENTION_OPTIONS}
      value={settings.convention}
      onChange={(convention) => {
        onChange({ convention });
      }}
    />
  );
}

const WINDOW_OPTIONS = toOptions<WindowPreset | "own">(WINDOW_PRESETS, {
  auto: "Auto",
  brain: "Brain",
  wide: "Wide",
  own: "Own",
});

function findPreset({ window, presets }: ViewSettings): WindowPreset | "own" {
  if (window === null || presets === null) return "auto";
  const found = WINDOW_PRESETS.find(
    (name) => presets[name].low === window.low && presets[name].high === window.high,
  );
  return found ?? "own";
}

/** Which values are shown from black to white: by preset, or by hand without a drag. */
export function WindowControl({ settings, onChange }: ControlProps) {
  const { presets, window } = settings;
  if (presets === null || window === null) return null;
  const { level, width } = toShares(window, presets.wide);
  return (
    <div>
      <SegmentedControl
        legend="Window"
        options={WINDOW_OPTIONS}
        value={findPreset(settings)}
        onChange={(name) => {
          if (name !== "own") onChange({ window: presets[name] });
        }}
      />
      <details className="mt-2">
        <summary className="w-fit cursor-pointer py-1 hover:text-ink pointer-coarse:py-3">
          Level and width by hand
        </summary>
        <div className="mt-2 grid gap-x-8 gap-y-4 sm:grid-cols-2">
          <RangeSlider
            label="Level"
            value={Math.round(level * 100)}
            min={0}
            max={100}
            step={1}
            shown={`${Math.round(level * 100)}% of the range`}
            onChange={(value) => {
              onChange({ window: fromShares({ level: value / 100, width }, presets.wide) });
            }}
          />
          <RangeSlider
            label="Width"
            value={Math.round(width * 100)}
            min={1}
            max={100}
            step={1}
            shown={`${Math.round(width * 100)}% of the range`}
            onChange={(value) => {
              onChange({ window: fromShares({ level, width: value / 100 }, presets.wide) });
            }}
          />
        </div>
      </details>
    </div>
  );
}
