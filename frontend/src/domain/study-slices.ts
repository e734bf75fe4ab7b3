import type { SliceFinding, StudyPrediction } from "../api/study-types";
import { formatBeside } from "./format";
import { clampIndex, type AxialAxis } from "./study-axis";

const PAGE_SLICES = 10;

/** Slices that follow each other and share a label. */
export interface Run {
  label: SliceFinding["label"];
  first: number;
  last: number;
}

/** The slice to begin with: the largest area, else the most suspicious slice, else the middle. */
export function firstSlice({ lesion, slices }: StudyPrediction): number {
  if (lesion !== null) return lesion.slice_of_largest_area;
  let best: SliceFinding | null = null;
  for (const slice of slices) {
    if (slice.probability !== null && slice.probability > (best?.probability ?? -1)) best = slice;
  }
  return best?.index ?? Math.floor(slices.length / 2);
}

/** The next slice with tumour after an index, or null where there is none. */
export function nextTumorSlice(slices: readonly SliceFinding[], index: number): number | null {
  return slices.find((slice) => slice.label === "tumor" && slice.index > index)?.index ?? null;
}

/** The last slice with tumour before an index, or null where there is none. */
export function previousTumorSlice(slices: readonly SliceFinding[], index: number): number | null {
  return slices.findLast((slice) => slice.label === "tumor" && slice.index < index)?.index ?? null;
}

const NAMES: Record<SliceFinding["label"], string> = {
  tumor: "signs of a tumour",
  no_tumor: "no sign of a tumour",
  uncertain: "uncertain",
  empty: "empty, not judged",
};

/** A slice in words: "signs of a tumour, probability 97%". marks: probabilities shown beside it. */
export function describeFinding(
  { label, probability }: SliceFinding,
  ...marks: readonly number[]
): string {
  if (probability === null) return NAMES[label];
  return `${NAMES[label]}, probability ${formatBeside(probability, ...marks)}`;
}

/** Where a key moves the slice, as sliders do; null for a key that does not. */
export function moveByKey(key: string, index: number, axis: AxialAxis): number | null {
  const target: Record<string, number> = {
    ArrowRight: index + 1,
    ArrowUp: index + 1,
    ArrowLeft: index - 1,
    ArrowDown: index - 1,
    PageUp: index + PAGE_SLICES,
    PageDown: index - PAGE_SLICES,
    Home: 0,
    End: axis.count - 1,
  };
  const moved = target[key];
  return moved === undefined ? null : clampIndex(moved, axis);
}

/** Gather neighbours with the same label. */
export function toRuns(slices: readonly SliceFinding[]): Run[] {
  const runs: Run[] = [];
  for (const { label, index } of slices) {
    const last = runs.at(-1);
    if (last?.label === label && last.last === index - 1) last.last = index;
    else runs.push({ label, first: index, last: index });
  }
  return runs;
}

/** How many slices have each label. */
export function countLabels(
  slices: readonly SliceFinding[],
): Record<SliceFinding["label"], number> {
  const counts = { tumor: 0, no_tumor: 0, uncertain: 0, empty: 0 };
  for (const { label } of slices) counts[label] += 1;
  return counts;
}
