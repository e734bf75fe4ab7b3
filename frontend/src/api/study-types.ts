/** Provisional: the wire types of jobs, by hand until openapi.json has them. */

export type StudySequence = "FLAIR" | "T1" | "T1c" | "T2";

export type StudyLabel = "tumor" | "no_tumor" | "uncertain";

export interface SliceFinding {
  /** Along the axial axis of the input's own array. */
  index: number;
  /** Null where the slice holds nothing but air. */
  probability: number | null;
  label: StudyLabel | "empty";
}

export interface VolumeLesion {
  volume_ml: number;
  longest_axial_diameter_mm: number;
  slice_of_largest_area: number;
  largest_area_mm2: number;
  components: number;
  slices: number;
}

export interface StudyWithheld {
  output: string;
  reason: string;
  detail: string;
}

export interface StudyInput {
  kind: "volume";
  format: "nifti" | "metaimage" | "dicom";
  /** Voxels along each axis of the input's own array. */
  shape: number[];
  spacing_mm: number[];
  /** Where each axis of the array runs to, "LPS" for instance. */
  orientation: string;
  axial_axis: 0 | 1 | 2;
  sequence: "FLAIR";
  sequences_given: StudySequence[];
  series: { number: number; of: number; reason: string } | null;
}

export interface StudyPrediction {
  id: string;
  model: { name: string; version: string; sha256: string };
  research_use_only: true;
  input: StudyInput;
  label: StudyLabel;
  probability: number;
  threshold: number;
  study: { label: StudyLabel; probability: number };
  slice_threshold: number;
  slice_uncertain_band: { low: number; high: number };
  slices: SliceFinding[];
  lesion: VolumeLesion | null;
  uncertain: {
    reason: "probability_in_band" | "out_of_distribution" | "slices_disagree";
    detail: string;
  } | null;
  sequences_used: StudySequence[];
  outputs_withheld: StudyWithheld[];
  warnings: string[];
  timings_ms: Record<string, number>;
  mask?: string;
}

export interface Artefact {
  name: string;
  href: string;
  media_type: string;
  size_bytes: number;
}

export type JobState = "queued" | "running" | "succeeded" | "failed" | "cancelled";
export type JobStage = "waiting" | "reading" | "judging" | "writing" | "done";

export interface Job {
  id: string;
  state: JobState;
  /** In [0, 1]. */
  progress: number;
  stage: JobStage;
  slices_done: number;
  slices_total: number;
  attempts: number;
  created_at: string;
  ended_at: string | null;
  expires_at: string | null;
  /** Of a failed job only. */
  error: { code: string; detail: string; forceable: boolean } | null;
  /** Of a succeeded job only. */
  result: StudyPrediction | null;
  artefacts: Artefact[];
}
