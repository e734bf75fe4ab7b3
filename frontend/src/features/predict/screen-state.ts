import type { Job } from "../../api/study-types";
import type { Prediction } from "../../api/wire";
import { canSendAgain, canTryAgain, toFailure, type Failure } from "../../domain/failure";
import { isSingleSlice, toJobFailure } from "../../domain/job";
import type { Sample } from "../../domain/samples";
import { describeUpload, nameUpload, type UploadKind } from "../../domain/upload";

/** Where an upload comes from: the reader's own files, or a sample that ships with the app. */
export type Origin = { kind: "files"; files: readonly File[] } | { kind: "sample"; sample: Sample };

/** Files on their way to the API, and what the reader asks of them. */
export interface Submission {
  origin: Origin;
  /** The reader insists on an answer after a refusal. */
  forced: boolean;
  /** Which series of several the reader says is the FLAIR, from 1. */
  series: number | null;
  /** What the files turned out to be; null: that is still to be found out. */
  as: UploadKind | null;
}

/** How far the sending is; share in [0, 1] of the bytes. */
export interface Sent {
  as: UploadKind;
  share: number;
}

/** What the API gave back: the answer for a slice, or a job to wait for. */
export type Answer = { kind: "slice"; prediction: Prediction } | { kind: "job"; job: Job };

export type ScreenState =
  | { kind: "idle" }
  | { kind: "uploading"; submission: Submission; sent: Sent | null }
  | { kind: "looking_up" }
  | { kind: "queued" | "running"; job: Job }
  | { kind: "succeeded_slice"; submission: Submission; prediction: Prediction }
  | { kind: "succeeded_study"; submission: Submission | null; job: Job }
  | { kind: "failed"; submission: Submission | null; failure: Failure; again: Again };

/** How the same may be tried again: by sending the files, by asking for the job, or not at all. */
export type Again = "send" | "look_up" | null;

/** The part of the sending mutation that the screen depends on. */
export interface SendingSnapshot {
  status: "idle" | "pending" | "success" | "error";
  submission: Submission | undefined;
  sent: Sent | null;
  data: Answer | undefined;
  error: unknown;
}

/** The job that the address names, as far as it is known. */
export interface JobSnapshot {
  id: string;
  job: Job | undefined;
  /** Of the last look at it; null after one that went well. */
  error: unknown;
}

/** The files behind a job, where this page sent them and still has them. */
export function submissionOf(sending: SendingSnapshot, id: string): Submission | null {
  const { data, submission } = sending;
  return data?.kind === "job" && data.job.id === id ? (submission ?? null) : null;
}

function toFailed(failure: Failure, submission: Submission | null, canLookUp = false): ScreenState {
  const sendable = submission !== null && canSendAgain(failure);
  const again = sendable ? "send" : canLookUp && canTryAgain(failure) ? "look_up" : null;
  return { kind: "failed", submission, failure, again };
}

function toJobState(snapshot: JobSnapshot, submission: Submission | null): ScreenState {
  const { job, error } = snapshot;
  const lost = error === null ? null : toFailure(error);
  // A connection that is lost for a moment does not take away what is known.
  if (lost !== null && (job === undefined || lost.kind === "gone")) {
    return toFailed(lost, submission, true);
  }
  if (job === undefined) return { kind: "looking_up" };
  if (isSingleSlice(job) && submission !== null) {
    return { kind: "uploading", submission, sent: { as: "slice", share: 0 } };
  }
  const failure = toJobFailure(job);
  // What has ended does not end again in another way.
  if (failure !== null) return toFailed(failure, submission);
  if (job.result !== null) return { kind: "succeeded_study", submission, job };
  return { kind: job.state === "queued" ? "queued" : "running", job };
}

/** Derive the one state of the screen from what is being sent and from the job in the address. */
export function toScreenState(sending: SendingSnapshot, watched: JobSnapshot | null): ScreenState {
  const { status, submission, sent, data, error } = sending;
  if (submission !== undefined && status === "pending") {
    return { kind: "uploading", submission, sent };
  }
  if (submission !== undefined && status === "error") {
    return toFailed(toFailure(error), submission);
  }
  if (watched !== null) return toJobState(watched, submissionOf(sending, watched.id));
  if (submission !== undefined && data?.kind === "slice") {
    return { kind: "succeeded_slice", submission, prediction: data.prediction };
  }
  return { kind: "idle" };
}

/** True where the study of the address has no answer, and will have none. */
export function hasFailed(watched: JobSnapshot | null): boolean {
  return watched !== null && toJobState(watched, null).kind === "failed";
}

export function countFiles(origin: Origin): number {
  return origin.kind === "files" ? origin.files.length : 1;
}

/** What the reader would call it. */
export function originName(origin: Origin): string {
  return origin.kind === "files" ? nameUpload(origin.files) : origin.sample.name;
}

/** The name and, where it is known before it is sent, the size of the upload. */
export function describeOrigin(origin: Origin): string {
  return origin.kind === "files" ? describeUpload(origin.files) : origin.sample.name;
}
