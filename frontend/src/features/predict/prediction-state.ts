import type { Prediction } from "../../api/wire";
import { toFailure, type Failure } from "../../domain/failure";
import { formatBytes } from "../../domain/format";
import type { SampleSlice } from "../../domain/samples";

/** Where a slice comes from: the reader's own file, or a sample that ships with the app. */
export type SliceOrigin = { kind: "file"; file: File } | { kind: "sample"; sample: SampleSlice };

/** A slice on its way to the API; forced: the reader insists on an answer after a refusal. */
export interface Submission {
  origin: SliceOrigin;
  forced: boolean;
}

export type PredictionState =
  | { kind: "idle" }
  | { kind: "uploading"; submission: Submission }
  | { kind: "succeeded"; submission: Submission; prediction: Prediction }
  | { kind: "failed"; submission: Submission; failure: Failure };

/** The part of a TanStack mutation that the screen depends on. */
export interface MutationSnapshot {
  status: "idle" | "pending" | "success" | "error";
  submission: Submission | undefined;
  data: Prediction | undefined;
  error: unknown;
}

/** Derive the one state of the screen; a snapshot without its slice is idle. */
export function toPredictionState(snapshot: MutationSnapshot): PredictionState {
  const { status, submission, data, error } = snapshot;
  if (submission === undefined) return { kind: "idle" };
  switch (status) {
    case "idle":
      return { kind: "idle" };
    case "pending":
      return { kind: "uploading", submission };
    case "success":
      return data === undefined
        ? { kind: "failed", submission, failure: toFailure(undefined) }
        : { kind: "succeeded", submission, prediction: data };
    case "error":
      return { kind: "failed", submission, failure: toFailure(error) };
  }
}

export function originName(origin: SliceOrigin): string {
  return origin.kind === "file" ? origin.file.name : origin.sample.name;
}

/** The name and, where it is known before it is sent, the size of the file. */
export function describeOrigin(origin: SliceOrigin): string {
  const name = originName(origin);
  return origin.kind === "file" ? `${name}, ${formatBytes(origin.file.size)}` : name;
}
