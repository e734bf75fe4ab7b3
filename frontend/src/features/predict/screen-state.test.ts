import { describe, expect, it } from "vitest";
import { RequestFailed } from "../../domain/failure";
import { SAMPLE_SLICES } from "../../domain/samples";
import { aPrediction } from "../../testing/answers";
import { aFailedJob, aQueuedJob, aRunningJob } from "../../testing/job-server";
import { aStudyJob } from "../../testing/study-answers";
import {
  describeOrigin,
  hasFailed,
  originName,
  submissionOf,
  toScreenState,
  type JobSnapshot,
  type Origin,
  type SendingSnapshot,
  type Submission,
} from "./screen-state";

const origin: Origin = { kind: "files", files: [new File(["x"], "study.nii.gz")] };
const submission: Submission = { origin, forced: false, series: null, as: null };

function sending(changes: Partial<SendingSnapshot> = {}): SendingSnapshot {
  return {
    status: "idle",
    submission: undefined,
    sent: null,
    data: undefined,
    error: null,
    ...changes,
  };
}

/** This page sent the files of job1, and has them still. */
const SENT = sending({
  status: "success",
  submission,
  data: { kind: "job", job: aQueuedJob() },
});

function watched(changes: Partial<JobSnapshot> = {}): JobSnapshot {
  return { id: "job1", job: undefined, error: null, ...changes };
}

describe("toScreenState", () => {
  it("is idle before anything was sent, and where no study is in the address", () => {
    expect(toScreenState(sending(), null)).toEqual({ kind: "idle" });
    expect(toScreenState(SENT, null)).toEqual({ kind: "idle" });
  });

  it("is uploading while the answer is due, at whatever address, with the share that is sent", () => {
    const sent = { as: "study", share: 0.3 } as const;
    const pending = sending({ status: "pending", submission, sent });
    const uploading = { kind: "uploading", submission, sent };
    expect(toScreenState(pending, null)).toEqual(uploading);
    expect(toScreenState(pending, watched({ job: aStudyJob() }))).toEqual(uploading);
  });

  it("succeeds with the prediction of a slice", () => {
    const prediction = aPrediction();
    const data = { kind: "slice", prediction } as const;
    expect(toScreenState(sending({ status: "success", submission, data }), null)).toEqual({
      kind: "succeeded_slice",
      submission,
      prediction,
    });
  });

  it("fails with the failure, and keeps the files to try again", () => {
    const error = new RequestFailed({ kind: "api_down" });
    expect(toScreenState(sending({ status: "error", submission, error }), null)).toEqual({
      kind: "failed",
      submission,
      failure: { kind: "api_down" },
      again: "send",
    });
  });

  it("looks the study of the address up, without any files after a reload", () => {
    expect(toScreenState(sending(), watched())).toEqual({ kind: "looking_up" });
    const job = aRunningJob();
    expect(toScreenState(sending(), watched({ job }))).toEqual({ kind: "running", job });
  });

  it("follows the job to its answer", () => {
    const [queued, done] = [aQueuedJob(), aStudyJob()];
    expect(toScreenState(SENT, watched({ job: queued }))).toEqual({ kind: "queued", job: queued });
    expect(toScreenState(SENT, watched({ job: done }))).toEqual({
      kind: "succeeded_study",
      submission,
      job: done,
    });
  });

  it("shows what is known while the connection is lost for a moment", () => {
    const job = aRunningJob();
    const error = new RequestFailed({ kind: "api_down" });
    expect(toScreenState(SENT, watched({ job, error }))).toEqual({ kind: "running", job });
    expect(toScreenState(SENT, watched({ error }))).toMatchObject({ kind: "failed" });
  });

  it("does not show a study that was erased meanwhile", () => {
    const error = new RequestFailed({ kind: "gone" });
    expect(toScreenState(sending(), watched({ job: aRunningJob(), error }))).toEqual({
      kind: "failed",
      submission: null,
      failure: { kind: "gone" },
      again: null,
    });
  });

  it("sends the files of a study that was lost again, where they are here", () => {
    const error = new RequestFailed({ kind: "gone" });
    expect(toScreenState(SENT, watched({ error }))).toMatchObject({ again: "send" });
  });

  it("looks again for a study that could not be looked up, not for one that has ended", () => {
    const error = new RequestFailed({ kind: "api_down" });
    expect(toScreenState(sending(), watched({ error }))).toMatchObject({ again: "look_up" });
    const job = aFailedJob("worker_lost", "The worker died.");
    expect(toScreenState(sending(), watched({ job }))).toMatchObject({ again: null });
    expect(toScreenState(SENT, watched({ job }))).toMatchObject({ again: "send" });
  });

  it("fails with the job's own reason", () => {
    const job = aFailedJob("missing_slices", "Slice 7 is missing.");
    expect(toScreenState(SENT, watched({ job }))).toMatchObject({
      kind: "failed",
      submission,
      failure: { kind: "refused", code: "missing_slices", detail: "Slice 7 is missing." },
    });
  });

  it("goes on with a single slice where its file is here, and asks for it where it is not", () => {
    const job = aFailedJob("not_a_volume", "It holds one slice.");
    expect(toScreenState(SENT, watched({ job }))).toMatchObject({
      kind: "uploading",
      sent: { as: "slice" },
    });
    expect(toScreenState(sending(), watched({ job }))).toMatchObject({ kind: "failed" });
  });
});

describe("hasFailed", () => {
  it("is true of a study without an answer to come back to", () => {
    expect(hasFailed(null)).toBe(false);
    for (const job of [aRunningJob(), aStudyJob()]) expect(hasFailed(watched({ job }))).toBe(false);
    expect(hasFailed(watched({ job: aFailedJob("wrong_sequence", "It is T1.") }))).toBe(true);
    expect(hasFailed(watched({ error: new RequestFailed({ kind: "gone" }) }))).toBe(true);
  });
});

describe("submissionOf", () => {
  it("knows the files of the job that this page sent, and of no other", () => {
    expect(submissionOf(SENT, "job1")).toBe(submission);
    expect(submissionOf(SENT, "job2")).toBeNull();
    expect(submissionOf(sending(), "job1")).toBeNull();
  });
});

describe("originName and describeOrigin", () => {
  it("name the file, whether the reader's or a sample's, with its size where it is known", () => {
    const [sample] = SAMPLE_SLICES;
    if (sample === undefined) throw new Error("there are no samples");
    expect(originName(origin)).toBe("study.nii.gz");
    expect(describeOrigin(origin)).toBe("study.nii.gz, 1 byte");
    expect(originName({ kind: "sample", sample })).toBe("tumor-1.png");
    expect(describeOrigin({ kind: "sample", sample })).toBe("tumor-1.png");
  });
});
