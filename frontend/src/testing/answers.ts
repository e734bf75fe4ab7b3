import type {
  Figures,
  Health,
  Lesion,
  Model,
  Models,
  Prediction,
  Problem,
  RefusalFigure,
  ReliabilityBin,
  Withheld,
} from "../api/wire";

/** A grey PNG of one pixel. */
export const PIXEL =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==";

/** Stands for a mask; jsdom decodes no picture, so its content does not matter. */
export const MASK = PIXEL;

export const WITHHELD = {
  core: {
    output: "enhancing_core",
    reason: "needs_t1c",
    detail: "The enhancing core shows on T1 after contrast alone.",
  },
  mask: {
    output: "mask",
    reason: "model_has_no_segmentation",
    detail: "This model classifies the slice and outlines nothing.",
  },
  area: {
    output: "area_mm2",
    reason: "spacing_unknown",
    detail: "The file does not say how far its pixels are apart.",
  },
  diameter: {
    output: "longest_diameter_mm",
    reason: "spacing_unknown",
    detail: "The file does not say how far its pixels are apart.",
  },
} as const satisfies Record<string, Withheld>;

const MODEL = { name: "flair-resnet50", version: "1.0.0", sha256: "ab".repeat(32) };

/** A lesion in a file that tells its pixel spacing. */
export function aLesion(changes: Partial<Lesion> = {}): Lesion {
  return {
    area_px: 1234,
    area_mm2: 1086.4,
    longest_diameter_px: 48.7,
    longest_diameter_mm: 45.66,
    bounding_box: { left: 90, top: 61, width: 44, height: 37 },
    components: 2,
    ...changes,
  };
}

/** The answer of a model that classifies only; mask and lesion are a test's to add. */
export function aPrediction(changes: Partial<Prediction> = {}): Prediction {
  return {
    id: "0123456789abcdef",
    model: MODEL,
    input: {
      kind: "slice",
      format: "png",
      width_px: 240,
      height_px: 200,
      sequence: "FLAIR",
      spacing_mm: null,
    },
    label: "tumor",
    probability: 0.97,
    probabilities: { tumor: 0.97, no_tumor: 0.03 },
    threshold: 0.41,
    uncertain_band: { low: 0.33, high: 0.52 },
    uncertain: null,
    lesion: null,
    sequences_used: ["FLAIR"],
    outputs_withheld: [],
    heatmap: PIXEL,
    preview: PIXEL,
    research_use_only: true,
    warnings: [],
    timings_ms: { read: 1.2, preprocess: 2, run: 14.8, explain: 0.6, total: 18.9 },
    ...changes,
  };
}

export function someFigures(changes: Partial<Figures> = {}): Figures {
  return {
    source: "lgg",
    group: "source",
    title: "TCGA lower-grade glioma",
    note: "with skull, 3 sites",
    method: "model",
    patients: 17,
    slices: 1600,
    tumor_slices: 210,
    auroc: { value: 0.951, low: 0.92, high: 0.974 },
    sensitivity: { value: 0.9, low: 0.85, high: 0.94 },
    specificity: { value: 0.89, low: 0.84, high: 0.93 },
    balanced_accuracy: { value: 0.895, low: 0.86, high: 0.92 },
    accuracy: { value: 0.893, low: 0.86, high: 0.92 },
    ece: 0.031,
    uncertain_share: 0.062,
    dice_mean: null,
    dice_median: null,
    heatmap_hits: null,
    flip_change: null,
    ...changes,
  };
}

/** The figures of a source without any tumour: only what needs none can be measured. */
export function figuresWithoutTumor(changes: Partial<Figures> = {}): Figures {
  return someFigures({
    source: "ms",
    title: "Multiple sclerosis",
    note: "bright lesions that are not tumours",
    patients: 1,
    slices: 66,
    tumor_slices: 0,
    auroc: null,
    sensitivity: null,
    balanced_accuracy: null,
    specificity: { value: 0.84, low: null, high: null },
    ...changes,
  });
}

export function aModel(changes: Partial<Model> = {}): Model {
  return {
    ...MODEL,
    task: "slice classification",
    sequences: ["FLAIR"],
    outputs: ["label", "probability", "heatmap"],
    architecture: "ResNet-50",
    input_size_px: 192,
    temperature: 1,
    offset: 0,
    threshold: 0.41,
    uncertain_band: { low: 0.33, high: 0.52 },
    level: 0.9,
    lesion_threshold: null,
    gate: null,
    created: "2026-11-23",
    licence: "Non-commercial research use only",
    research_use_only: true,
    protocol: "",
    reliability: [],
    studies: [],
    refusals: [],
    figures: [
      someFigures(),
      someFigures({ method: "flair_threshold", auroc: { value: 0.71, low: 0.68, high: 0.73 } }),
      figuresWithoutTumor(),
    ],
    forerunner: {
      balanced_accuracy: 0.823,
      accuracy: 0.883,
      sensitivity: 0.948,
      specificity: 0.698,
      note: "Measured on other data.",
    },
    ...changes,
  };
}

const SURE = { value: 0.88, low: 0.84, high: 0.91 };

const WHERE = {
  dice_mean: SURE,
  dice_median: { value: 0.913, low: 0.88, high: 0.93 },
  heatmap_hits: { value: 0.764, low: 0.7, high: 0.82 },
  flip_change: 0.0121,
} as const satisfies Partial<Figures>;

/** A model that outlines and has a gate, with figures of every kind. */
export function aMeasuredModel(changes: Partial<Model> = {}): Model {
  const lgg = "TCGA lower-grade glioma";
  return aModel({
    outputs: ["label", "probability", "heatmap", "mask"],
    architecture: "U-Net on ResNet-50",
    lesion_threshold: 0.45,
    gate: { not_brain_mr: 0.9, wrong_sequence: 0.8, refuse_distance: 3.1, unsure_distance: 2.2 },
    protocol: "Cross-validation by patient in 5 folds over 27 patients.",
    figures: [
      someFigures(WHERE),
      someFigures({ method: "flair_threshold", auroc: { value: 0.71, low: 0.68, high: 0.73 } }),
      figuresWithoutTumor({ flip_change: 0.004 }),
      someFigures({
        ...WHERE,
        group: "site",
        source: "lgg_cs",
        title: `${lgg}, CS`,
        note: "",
        patients: 1,
        auroc: { value: 0.97, low: null, high: null },
      }),
      someFigures({ ...WHERE, group: "site", source: "lgg_du", title: `${lgg}, DU`, note: "" }),
      someFigures({
        ...WHERE,
        group: "lesion_size",
        source: "lgg_large",
        title: `${lgg}, lesions of 1 % or more`,
        note: "of the slice's tissue; all slices without tumour",
        auroc: { value: 0.99, low: 0.98, high: 0.995 },
      }),
      someFigures({
        group: "lesion_size",
        source: "lgg_small",
        title: `${lgg}, lesions under 1 %`,
        note: "of the slice's tissue; all slices without tumour",
        auroc: { value: 0.86, low: 0.8, high: 0.91 },
      }),
      someFigures({
        group: "edge",
        source: "lgg_edge",
        title: `${lgg}, at the tumour's ends`,
        note: "the last slices with tumour and the first without",
        slices: 68,
        tumor_slices: 34,
        auroc: { value: 0.79, low: 0.71, high: 0.86 },
      }),
      someFigures({
        group: "look",
        source: "lgg_skull_removed",
        title: `${lgg}, skull removed`,
        note: "the same slices with the skull removed",
        ...WHERE,
      }),
      figuresWithoutTumor({
        group: "look",
        source: "ms_skull_removed",
        title: "Multiple sclerosis, skull removed",
        note: "the same slices with the skull removed",
      }),
    ],
    reliability: someBins(),
    studies: [
      {
        title: "Patients",
        note: "tumour patients; patients with other disease and no tumour",
        tumor_studies: 23,
        tumor_free_studies: 4,
        sensitivity: { value: 1, low: 0.87, high: 1 },
        false_alarms: { value: 0.25, low: 0, high: 0.6 },
      },
      {
        title: "Heads without a tumour-free end",
        note: "",
        tumor_studies: 23,
        tumor_free_studies: 0,
        sensitivity: { value: 1, low: 0.87, high: 1 },
        false_alarms: null,
      },
    ],
    refusals: [
      aRefusal({
        title: "T1 after contrast",
        images: 1240,
        refused: 0.973,
        with_true_reason: 0.961,
      }),
      aRefusal({ title: "noise", note: "drawn" }),
      aRefusal({
        title: "FLAIR of patients held out",
        should_refuse: false,
        images: 2310,
        refused: 0.0048,
        with_true_reason: null,
      }),
    ],
    ...changes,
  });
}

/** Fifteen bins as a good model has them: most slices at the two ends, a little off in between. */
function someBins(): ReliabilityBin[] {
  return Array.from({ length: 15 }, (_, index) => {
    const low = index / 15;
    const said = low + 1 / 30;
    const fromEnd = Math.min(index, 14 - index);
    return {
      low: Number(low.toFixed(4)),
      high: Number((low + 1 / 15).toFixed(4)),
      slices: [1480, 96, 41, 30, 22, 19, 17, 15][fromEnd] ?? 0,
      mean_probability: Number(said.toFixed(4)),
      tumor_share: Number((said + 0.06 * Math.sin(index * 1.7)).toFixed(4)),
    };
  });
}

export function aRefusal(changes: Partial<RefusalFigure> = {}): RefusalFigure {
  return {
    title: "noise",
    note: "",
    should_refuse: true,
    images: 200,
    refused: 1,
    with_true_reason: 1,
    refused_or_warned: 1,
    ...changes,
  };
}

export function theModels(...models: Model[]): Models {
  return { models: models.length === 0 ? [aModel()] : models };
}

export function someHealth(changes: Partial<Health> = {}): Health {
  return {
    status: "ok",
    model: MODEL,
    jobs: { queued: 0, running: 0, workers: 1 },
    versions: { brainai: "0.1.0", python: "3.11", engine: "OpenVINO" },
    uptime_s: 12.3,
    ...changes,
  };
}

export function aProblem(status: number, code: string, detail: string, forceable = false): Problem {
  return {
    type: `urn:brainai:problem:${code}`,
    title: "Title of the status",
    status,
    detail,
    code,
    forceable,
    request_id: "5f0c4a9e",
  };
}
