import { describe, expect, it } from "vitest";
import { canForce, canTryAgain, RequestFailed, toFailure, type Failure } from "./failure";

describe("toFailure", () => {
  it("hands back the failure that a request carried", () => {
    expect(toFailure(new RequestFailed({ kind: "api_down" }))).toEqual({ kind: "api_down" });
  });

  it.each([new TypeError("x is not a function"), "a string", undefined])(
    "calls everything else unknown: %s",
    (thrown) => {
      expect(toFailure(thrown)).toEqual({
        kind: "unknown",
        status: null,
        detail: null,
        requestId: null,
      });
    },
  );

  it("names the kind in the message of the error, and nothing of the file", () => {
    expect(new RequestFailed({ kind: "too_large", detail: "secret" }).message).toBe(
      "request failed: too_large",
    );
  });
});

const refused: Failure = {
  kind: "refused",
  code: "blank_image",
  title: "",
  detail: "",
  forceable: false,
};

describe("canForce", () => {
  it.each<[Failure, boolean]>([
    [{ ...refused, code: "not_brain_mr", forceable: true }, true],
    [refused, false],
    [{ kind: "unknown", status: 500, detail: null, requestId: null }, false],
  ])("is for refusals that the API calls forceable: %o", (failure, expected) => {
    expect(canForce(failure)).toBe(expected);
  });
});

describe("canTryAgain", () => {
  it.each<[Failure, boolean]>([
    [{ kind: "api_down" }, true],
    [{ kind: "not_ready", detail: "" }, true],
    [{ kind: "unknown", status: 500, detail: null, requestId: null }, true],
    [{ kind: "busy", detail: "" }, true],
    [{ kind: "too_large", detail: null }, false],
    [{ kind: "gone" }, false],
    [{ kind: "cancelled" }, false],
    [refused, false],
  ])("is for failures that the same file can survive: %o", (failure, expected) => {
    expect(canTryAgain(failure)).toBe(expected);
  });
});
