import { describe, expect, it } from "vitest";
import { aFailedJob, aQueuedJob, aRunningJob } from "../testing/job-server";
import { aStudyJob } from "../testing/study-answers";
import { describeProgress, describeStage, hasEnded, isSingleSlice, toJobFailure } from "./job";

describe("hasEnded", () => {
  it.each([
    [aQueuedJob(), false],
    [aRunningJob(), false],
    [aStudyJob(), true],
    [aFailedJob("internal", ""), true],
    [aQueuedJob({ state: "cancelled" }), true],
  ])("knows the ends: %o", (job, ended) => {
    expect(hasEnded(job)).toBe(ended);
  });
});

describe("toJobFailure", () => {
  it("finds none in a job that has an answer or may still have one", () => {
    for (const job of [aQueuedJob(), aRunningJob(), aStudyJob()]) {
      expect(toJobFailure(job)).toBeNull();
    }
  });

  it("says that a job was cancelled", () => {
    expect(toJobFailure(aQueuedJob({ state: "cancelled" }))).toEqual({ kind: "cancelled" });
  });

  it("keeps code, reason and whether insisting helps", () => {
    const error = { code: "wrong_sequence", detail: "It is T1.", forceable: true };
    expect(toJobFailure(aFailedJob("", "", { error }))).toEqual({
      kind: "refused",
      title: "This study cannot be judged",
      ...error,
    });
  });

  it.each(["too_large", "too_many_voxels", "unpacks_too_large"])("calls %s too large", (code) => {
    expect(toJobFailure(aFailedJob(code, "Why."))).toEqual({ kind: "too_large", detail: "Why." });
  });

  it.each(["internal", "worker_lost"])("does not blame the upload for %s", (code) => {
    expect(toJobFailure(aFailedJob(code, "Why."))).toMatchObject({
      kind: "unknown",
      detail: "Why.",
    });
  });
});

describe("isSingleSlice", () => {
  it("knows the code of an upload that is no volume", () => {
    expect(isSingleSlice(aFailedJob("not_a_volume", ""))).toBe(true);
    expect(isSingleSlice(aFailedJob("not_stackable", ""))).toBe(false);
    expect(isSingleSlice(aStudyJob())).toBe(false);
  });
});

describe("describeStage", () => {
  it("has a sentence for each stage, the same for every slice", () => {
    expect(describeStage(aQueuedJob())).toBe("Waiting for its turn");
    expect(describeStage(aRunningJob({ stage: "reading" }))).toBe("Reading the files");
    expect(describeStage(aRunningJob({ slices_done: 1 }))).toBe(
      describeStage(aRunningJob({ slices_done: 2 })),
    );
    expect(describeStage(aRunningJob({ stage: "writing" }))).toBe(
      "Writing the mask and the report",
    );
  });
});

describe("describeProgress", () => {
  it("counts slices once they are known", () => {
    expect(describeProgress(aRunningJob())).toBe("3 of 6 slices");
    expect(describeProgress(aRunningJob({ slices_total: 0 }))).toBeNull();
    expect(describeProgress(aQueuedJob())).toBeNull();
  });
});
