import { describe, expect, it } from "vitest";
import { aPrediction } from "../testing/answers";
import { aFailedJob, aQueuedJob } from "../testing/job-server";
import { aStudy, aStudyJob } from "../testing/study-answers";
import { hasExpired, sortHistory, toSliceEntry, toStudyEntry } from "./history";

describe("toStudyEntry", () => {
  it("holds name, date and what came of it", () => {
    expect(toStudyEntry(aStudyJob(), "anna.nii.gz")).toEqual({
      kind: "study",
      id: "job1",
      name: "anna.nii.gz",
      at: "2026-11-24T16:00:00Z",
      expires_at: "2099-11-25T16:00:06Z",
      outcome: {
        kind: "answered",
        label: "tumor",
        probability: 0.97,
        volume_ml: 34.52,
        forced: false,
      },
    });
  });

  it("has no volume where nothing is outlined", () => {
    const job = aStudyJob({ result: aStudy({ lesion: null, label: "no_tumor" }) });
    expect(toStudyEntry(job, "x").outcome).toMatchObject({ label: "no_tumor", volume_ml: null });
  });

  it("is open while the job runs, and keeps the reason of a failure", () => {
    expect(toStudyEntry(aQueuedJob(), "x").outcome).toBeNull();
    expect(toStudyEntry(aFailedJob("blank_image", "All is 0."), "x").outcome).toEqual({
      kind: "failed",
      detail: "All is 0.",
    });
  });
});

describe("toSliceEntry", () => {
  it("holds the answer and no picture", () => {
    const entry = toSliceEntry(aPrediction(), "slice.png", new Date("2026-11-24T16:00:00Z"));
    expect(entry).toEqual({
      kind: "slice",
      id: "0123456789abcdef",
      name: "slice.png",
      at: "2026-11-24T16:00:00.000Z",
      expires_at: null,
      outcome: {
        kind: "answered",
        label: "tumor",
        probability: 0.97,
        volume_ml: null,
        forced: false,
      },
    });
  });
});

describe("an answer that was forced", () => {
  it("is kept as one, of a study and of a slice", () => {
    const warnings = ["This image would have been refused (not_brain_mr) but for force=true."];
    const job = aStudyJob({ result: aStudy({ warnings }) });
    expect(toStudyEntry(job, "x").outcome).toMatchObject({ forced: true });
    const prediction = aPrediction({ warnings });
    expect(toSliceEntry(prediction, "x", new Date()).outcome).toMatchObject({ forced: true });
  });
});

describe("hasExpired", () => {
  const entry = toStudyEntry(aStudyJob(), "x");

  it("goes by the word of the service", () => {
    expect(hasExpired(entry, new Date("2099-11-25T16:00:00Z"))).toBe(false);
    expect(hasExpired(entry, new Date("2099-11-25T16:00:07Z"))).toBe(true);
  });

  it("never says so of what has no such moment", () => {
    expect(hasExpired({ ...entry, expires_at: null }, new Date("2199-01-01"))).toBe(false);
  });
});

describe("sortHistory", () => {
  it("puts the latest first", () => {
    const entry = toStudyEntry(aStudyJob(), "x");
    const [old, late] = [entry, { ...entry, at: "2026-12-01T00:00:00Z" }];
    expect(sortHistory([old, late])).toEqual([late, old]);
  });
});
