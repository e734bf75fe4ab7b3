import type { Figures, Interval } from "../api/wire";

/** One data source with the figures of the model and of the thresholding baseline. */
export interface SourceFigures {
  source: string;
  title: string;
  note: string;
  patients: number;
  slices: number;
  tumorSlices: number;
  model: Figures | null;
  baseline: Figures | null;
}

/** Put the rows of one source side by side, in the order in which the API lists the sources. */
export function groupBySource(figures: readonly Figures[]): SourceFigures[] {
  const groups = new Map<string, SourceFigures>();
  for (const row of figures) {
    const group = groups.get(row.source) ?? {
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
    groups.set(row.source, group);
  }
  return [...groups.values()];
}

/**
 * Part the sources from their variants: the same slices, prepared in another way. A variant's name
 * is that of its source, an underscore and more.
 */
export function partVariants(groups: readonly SourceFigures[]): {
  sources: SourceFigures[];
  variants: SourceFigures[];
} {
  const isVariant = ({ source }: SourceFigures) =>
    groups.some((other) => source.startsWith(`${other.source}_`));
  return {
    sources: groups.filter((group) => !isVariant(group)),
    variants: groups.filter(isVariant),
  };
}

export type MetricKey = "auroc" | "sensitivity" | "specificity" | "balanced_accuracy" | "accuracy";

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

export function readMetric(figures: Figures | null, key: MetricKey): Interval | null {
  return figures?.[key] ?? null;
}
