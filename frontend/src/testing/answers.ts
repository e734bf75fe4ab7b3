import type { Figures, Health, Model, Models, Prediction, Problem } from "../api/wire";

/** A grey PNG of one pixel. */
export const PIXEL =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==";

const MODEL = { name: "flair-resnet50", version: "1.0.0", sha256: "ab".repeat(32) };

export function aPrediction(changes: Partial<Prediction> = {}): Prediction {
  return {
    id: "0123456789abcdef",
    model: MODEL,
    input: { kind: "slice", format: "png", width_px: 240, height_px: 200, sequence: "FLAIR" },
    label: "tumor",
    probability: 0.97,
    probabilities: { tumor: 0.97, no_tumor: 0.03 },
    threshold: 0.41,
    uncertain_band: { low: 0.33, high: 0.52 },
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
    architecture: "ResNet-50",
    input_size_px: 192,
    temperature: 1,
    threshold: 0.41,
    uncertain_band: { low: 0.33, high: 0.52 },
    created: "2026-11-23",
    licence: "Non-commercial research use only",
    research_use_only: true,
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

export function theModels(...models: Model[]): Models {
  return { models: models.length === 0 ? [aModel()] : models };
}

export function someHealth(changes: Partial<Health> = {}): Health {
  return {
    status: "ok",
    model: MODEL,
    versions: { brainai: "0.1.0", python: "3.11", engine: "OpenVINO" },
    uptime_s: 12.3,
    ...changes,
  };
}

export function aProblem(status: number, code: string, detail: string): Problem {
  return {
    type: `urn:brainai:problem:${code}`,
    title: "Title of the status",
    status,
    detail,
    code,
    request_id: "5f0c4a9e",
  };
}
