/** What is shown from black to white, in the volume's own units: MRI has no absolute ones. */
export interface IntensityWindow {
  low: number;
  high: number;
}

export const WINDOW_PRESETS = ["auto", "brain", "wide"] as const;
export type WindowPreset = (typeof WINDOW_PRESETS)[number];
export type WindowPresets = Record<WindowPreset, IntensityWindow>;

/** Enough to place a percentile; more voxels cost time and change nothing that an eye sees. */
const MOST_SAMPLES = 100_000;

/** A drag of so many pixels doubles or halves the width. */
const DOUBLING_PX = 180;

/** A drag of so many pixels moves the level by the whole width. */
const WIDTH_PX = 300;

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.round(share * (sorted.length - 1))] ?? 0;
}

function span(low: number, high: number): IntensityWindow {
  return high > low ? { low, high } : { low, high: low + 1 };
}

/**
 * Windows for a volume's voxels, in its own units. Air, taken for all at or under the least value,
 * does not count: a head in a large box would else be shown far too bright.
 *
 * auto: from a little over air to the brightest tissue. brain: half as wide, about the median, for
 * small differences within the brain. wide: all values.
 */
export function toWindowPresets(voxels: ArrayLike<number>): WindowPresets {
  const step = Math.max(1, Math.floor(voxels.length / MOST_SAMPLES));
  const sample: number[] = [];
  for (let at = 0; at < voxels.length; at += step) {
    const value = voxels[at];
    if (value !== undefined && Number.isFinite(value)) sample.push(value);
  }
  sample.sort((a, b) => a - b);
  const low = sample[0] ?? 0;
  const high = sample.at(-1) ?? 1;
  const tissue = sample.filter((value) => value > low + (high - low) * 0.02);
  if (tissue.length === 0)
    return { auto: span(low, high), brain: span(low, high), wide: span(low, high) };
  const auto = span(low, percentile(tissue, 0.995));
  const median = percentile(tissue, 0.5);
  const half = (auto.high - auto.low) / 4;
  return { auto, brain: span(median - half, median + half), wide: span(low, high) };
}

/** A window after a drag: right widens, left narrows, up raises the level and so darkens. */
export function dragWindow(
  { low, high }: IntensityWindow,
  right_px: number,
  up_px: number,
): IntensityWindow {
  const width = (high - low) * 2 ** (right_px / DOUBLING_PX);
  const level = (low + high) / 2 + ((high - low) * up_px) / WIDTH_PX;
  return { low: level - width / 2, high: level + width / 2 };
}

/** Level and width of a window as shares of another one, for sliders that know no units. */
export function toShares(
  window: IntensityWindow,
  reference: IntensityWindow,
): { level: number; width: number } {
  const whole = reference.high - reference.low;
  return {
    level: ((window.low + window.high) / 2 - reference.low) / whole,
    width: (window.high - window.low) / whole,
  };
}

/** The way back from shares to the volume's units. */
export function fromShares(
  { level, width }: { level: number; width: number },
  reference: IntensityWindow,
): IntensityWindow {
  const whole = reference.high - reference.low;
  const centre = reference.low + level * whole;
  const half = (Math.max(width, 0.01) * whole) / 2;
  return { low: centre - half, high: centre + half };
}
