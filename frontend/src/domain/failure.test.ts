import { describe, expect, it } from "vitest";
import { canTryAgain, RequestFailed, toFailure, type Failure } from "./failure";

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

describe("canTryAgain", () => {
  const refused: Failure = { kind: "refused", code: "blank_image", title: "", detail: "" };
  it.each<[Failure, boolean]>([
    [{ kind: "api_down" }, true],
    [{ kind: "not_ready", detail: "" }, true],
    [{ kind: "unknown", status: 500, detail: null, requestId: null }, true],
    [{ kind: "too_large", detail: null }, false],
    [refused, false],
  ])("is for failures that the same file can survive: %o", (failure, expected) => {
    expect(canTryAgain(failure)).toBe(expected);
  });
});
