import type { Job } from "../api/study-types";
import type { Failure } from "./failure";

/** The code of a job whose upload held one slice; POST /predict takes that. */
const SINGLE_SLICE = "not_a_volume";

/** Faults of the service, not of the upload: the same files may end well another time. */
const FAULTS: ReadonlySet<string> = new Set(["internal", "worker_lost", "store_unavailable"]);

const TOO_LARGE: ReadonlySet<string> = new Set([
  "too_large",
  "too_many_pixels",
  "too_many_voxels",
  "too_many_files",
  "unpacks_too_large",
]);

/** True once nothing more will happen to it. */
export function hasEnded({ state }: Job): boolean {
  return state === "succeeded" || state === "failed" || state === "cancelled";
}

/** True where the upload was no study but one slice. */
export function isSingleSlice({ error }: Job): boolean {
  return error?.code === SINGLE_SLICE;
}

/** Why a job left no answer, or null where it has one or may still have. */
export function toJobFailure({ state, error }: Job): Failure | null {
  if (state === "cancelled") return { kind: "cancelled" };
  if (state !== "failed") return null;
  if (error === null || FAULTS.has(error.code)) {
    return { kind: "unknown", status: null, detail: error?.detail ?? null, requestId: null };
  }
  if (TOO_LARGE.has(error.code)) return { kind: "too_large", detail: error.detail };
  if (error.code === "not_ready") return { kind: "not_ready", detail: error.detail };
  return { kind: "refused", title: "This study cannot be judged", ...error };
}

/** What a job is at, in one sentence that does not change with every slice. */
export function describeStage({ state, stage }: Job): string {
  if (state === "queued") return "Waiting for its turn";
  switch (stage) {
    case "waiting":
    case "reading":
      return "Reading the files";
    case "judging":
      return "Judging slice by slice";
    case "writing":
    case "done":
      return "Writing the mask and the report";
  }
}

/** "45 of 130 slices"; null until the study has been read and its slices are known. */
export function describeProgress({
  state,
  slices_done: done,
  slices_total: total,
}: Job): string | null {
  return state === "running" && total > 0 ? `${done} of ${total} slices` : null;
}
