import type {
  Artefact,
  Job,
  SliceFinding,
  StudyInput,
  StudyPrediction,
  VolumeLesion,
} from "../api/study-types";

const THRESHOLD = 0.41;
const BAND = { low: 0.33, high: 0.52 };

function toLabel(probability: number | null): SliceFinding["label"] {
  if (probability === null) return "empty";
  if (probability >= BAND.low && probability <= BAND.high) return "uncertain";
  return probability > THRESHOLD ? "tumor" : "no_tumor";
}

/** One slice per probability, labelled as the API labels it; null for an empty slice. */
export function someSlices(probabilities: readonly (number | null)[]): SliceFinding[] {
  return probabilities.map((probability, index) => ({
    index,
    probability,
    label: toLabel(probability),
  }));
}

export function aStudyInput(changes: Partial<StudyInput> = {}): StudyInput {
  return {
    kind: "volume",
    format: "nifti",
    shape: [160, 200, 8],
    spacing_mm: [1.2, 1.1, 5],
    orientation: "LPS",
    axial_axis: 2,
    sequence: "FLAIR",
    sequences_given: ["FLAIR"],
    series: null,
    ...changes,
  };
}

export function aVolumeLesion(changes: Partial<VolumeLesion> = {}): VolumeLesion {
  return {
    volume_ml: 34.52,
    longest_axial_diameter_mm: 48.31,
    slice_of_largest_area: 3,
    largest_area_mm2: 1234.4,
    components: 2,
    slices: 4,
    ...changes,
  };
}

/** Eight slices: an empty one at each end, tumour in 2, 3 and 6, doubt in 4. */
export function aStudy(changes: Partial<StudyPrediction> = {}): StudyPrediction {
  return {
    id: "0123456789abcdef",
    model: { name: "flair-resnet50", version: "1.1.0", sha256: "ab".repeat(32) },
    research_use_only: true,
    input: aStudyInput(),
    label: "tumor",
    probability: 0.97,
    threshold: 0.5,
    study: { label: "tumor", probability: 0.97 },
    slice_threshold: THRESHOLD,
    slice_uncertain_band: BAND,
    slices: someSlices([null, 0.1, 0.9, 0.95, 0.45, 0.1, 0.8, null]),
    lesion: aVolumeLesion(),
    uncertain: null,
    sequences_used: ["FLAIR"],
    outputs_withheld: [],
    warnings: [],
    timings_ms: { read: 210, preprocess: 420, run: 5120, outline: 150, total: 5900 },
    ...changes,
  };
}

export function someArtefacts(id = "job1"): Artefact[] {
  const files = [
    ["volume.nii.gz", "application/gzip", 8_410_000],
    ["mask.nii.gz", "application/gzip", 11_752],
    ["mask.dcm", "application/dicom", 912_000],
    ["report.json", "application/json", 5_794],
    ["report.pdf", "application/pdf", 148_213],
    ["montage.png", "image/png", 420_100],
  ] as const;
  return files.map(([name, media_type, size_bytes]) => ({
    name,
    href: `/jobs/${id}/${name}`,
    media_type,
    size_bytes,
  }));
}

/** A job that has succeeded with aStudy(). */
export function aStudyJob(changes: Partial<Job> = {}): Job {
  return {
    id: "job1",
    state: "succeeded",
    progress: 1,
    stage: "done",
    slices_done: 6,
    slices_total: 6,
    attempts: 1,
    created_at: "2026-11-24T16:00:00Z",
    ended_at: "2026-11-24T16:00:06Z",
    expires_at: "2099-11-25T16:00:06Z",
    error: null,
    result: aStudy(),
    artefacts: someArtefacts(changes.id),
    ...changes,
  };
}
