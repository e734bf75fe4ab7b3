import { describe, expect, it } from "vitest";
import { RequestFailed } from "../../domain/failure";
import { SAMPLE_SLICES } from "../../domain/samples";
import { aPrediction } from "../../testing/answers";
import {
  describeOrigin,
  originName,
  toPredictionState,
  type SliceOrigin,
  type Submission,
} from "./prediction-state";

const origin: SliceOrigin = { kind: "file", file: new File(["x"], "slice.png") };
const submission: Submission = { origin, forced: false };
const nothing = { data: undefined, error: null };

describe("toPredictionState", () => {
  it("is idle before anything was sent, and again after a reset", () => {
    expect(toPredictionState({ status: "idle", submission: undefined, ...nothing })).toEqual({
      kind: "idle",
    });
    expect(toPredictionState({ status: "idle", submission, ...nothing })).toEqual({ kind: "idle" });
  });

  it("is uploading while the answer is due", () => {
    const state = toPredictionState({ status: "pending", submission, ...nothing });
    expect(state).toEqual({ kind: "uploading", submission });
  });

  it("succeeds with the prediction", () => {
    const data = aPrediction();
    const state = toPredictionState({ status: "success", submission, data, error: null });
    expect(state).toEqual({ kind: "succeeded", submission, prediction: data });
  });

  it("fails with the failure, and keeps the slice to try again", () => {
    const error = new RequestFailed({ kind: "api_down" });
    const state = toPredictionState({ status: "error", submission, data: undefined, error });
    expect(state).toEqual({ kind: "failed", submission, failure: { kind: "api_down" } });
  });

  it("knows in every later state that the reader insisted", () => {
    const insisted = { origin, forced: true };
    const state = toPredictionState({ status: "pending", submission: insisted, ...nothing });
    expect(state).toEqual({ kind: "uploading", submission: insisted });
  });

  it("does not call an answer without a prediction a success", () => {
    const state = toPredictionState({ status: "success", submission, ...nothing });
    expect(state).toMatchObject({ kind: "failed", failure: { kind: "unknown" } });
  });
});

describe("describeOrigin", () => {
  it("adds the size of the reader's file", () => {
    expect(describeOrigin(origin)).toBe("slice.png, 1 byte");
  });
});

describe("originName", () => {
  it("is the name of the file, whether the reader's or a sample's", () => {
    const [sample] = SAMPLE_SLICES;
    expect(originName(origin)).toBe("slice.png");
    expect(sample && originName({ kind: "sample", sample })).toBe("tumor-1.png");
  });
});
