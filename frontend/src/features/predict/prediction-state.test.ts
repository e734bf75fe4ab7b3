import { describe, expect, it } from "vitest";
import { RequestFailed } from "../../domain/failure";
import { SAMPLE_SLICES } from "../../domain/samples";
import { aPrediction } from "../../testing/answers";
import {
  describeOrigin,
  originName,
  toPredictionState,
  type SliceOrigin,
} from "./prediction-state";

const origin: SliceOrigin = { kind: "file", file: new File(["x"], "slice.png") };
const nothing = { data: undefined, error: null };

describe("toPredictionState", () => {
  it("is idle before anything was sent, and again after a reset", () => {
    expect(toPredictionState({ status: "idle", origin: undefined, ...nothing })).toEqual({
      kind: "idle",
    });
    expect(toPredictionState({ status: "idle", origin, ...nothing })).toEqual({ kind: "idle" });
  });

  it("is uploading while the answer is due", () => {
    const state = toPredictionState({ status: "pending", origin, ...nothing });
    expect(state).toEqual({ kind: "uploading", origin });
  });

  it("succeeds with the prediction", () => {
    const data = aPrediction();
    const state = toPredictionState({ status: "success", origin, data, error: null });
    expect(state).toEqual({ kind: "succeeded", origin, prediction: data });
  });

  it("fails with the failure, and keeps the slice to try again", () => {
    const error = new RequestFailed({ kind: "api_down" });
    const state = toPredictionState({ status: "error", origin, data: undefined, error });
    expect(state).toEqual({ kind: "failed", origin, failure: { kind: "api_down" } });
  });

  it("does not call an answer without a prediction a success", () => {
    const state = toPredictionState({ status: "success", origin, ...nothing });
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
