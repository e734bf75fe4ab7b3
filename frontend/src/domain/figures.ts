import type { Figures, Interval } from "../api/wire";

/** What the slices of a group have in common; look: another preparation of a source. */
export type GroupKind = Figures["group"];

/** One group of slices with the figures of the model and of the thresholding baseline. */
export interface GroupFigures {
  kind: GroupKind;
  source: string;
  title: string;
  note: string;
  patients: number;
  slices: number;
  tumorSlices: number;
  model: Figures | null;
  baseline: Figures | null;
}

/** Put the rows of one group side by side, in the order in which the API lists the groups. */
export function toGroups(figures: readonly Figures[]): GroupFigures[] {
  const groups = new Map<string, GroupFigures>();
  for (const row of figures) {
    const key = `${row.group} ${row.source}`;
    const group = groups.get(key) ?? {
      kind: row.group,
      source: row.source,
      title: row.title,
      note: row.note,
      patients: row.patients,
      slices: row.slices,
      tumorSlices: row.tumor_slices,
      model: null,
      baseline: null,
    };
    if (row.method === "model") group.model = row;
    else group.baseline = row;
    groups.set(key, group);
  }
  return [...groups.values()];
}

export function ofKind(groups: readonly GroupFigures[], kind: GroupKind): GroupFigures[] {
  return groups.filter((group) => group.kind === kind);
}

export type MetricKey = "auroc" | "sensitivity" | "specificity" | "balanced_accuracy" | "accuracy";

/** A figure of where the tumour is said to be; it has no baseline. */
export type PlaceKey = "dice_mean" | "dice_median" | "heatmap_hits";

export interface Metric {
  key: MetricKey;
  name: string;
  meaning: string;
}

export const METRICS: readonly Metric[] = [
  { key: "auroc", name: "AUROC", meaning: "ranking, without any threshold" },
  { key: "sensitivity", name: "Sensitivity", meaning: "tumour slices called tumour" },
  { key: "specificity", name: "Specificity", meaning: "normal slices called normal" },
  { key: "balanced_accuracy", name: "Balanced accuracy", meaning: "mean of the two" },
  { key: "accuracy", name: "Accuracy", meaning: "all slices called right" },
];

export function readMetric(figures: Figures | null, key: MetricKey | PlaceKey): Interval | null {
  return figures?.[key] ?? null;
}

/** Whether any of them was measured: a section of nothing is left out. */
export function hasPlace({ model }: GroupFigures): boolean {
  const measured = [model?.dice_mean, model?.dice_median, model?.heatmap_hits, model?.flip_change];
  return measured.some((figure) => figure !== undefined && figure !== null);
}
