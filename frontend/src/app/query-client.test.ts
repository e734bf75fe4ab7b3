import { describe, expect, it } from "vitest";
import { RequestFailed, type Failure } from "../domain/failure";
import { createQueryClient } from "./query-client";

function wouldRetry(count: number, failure: Failure): boolean {
  const retry = createQueryClient().getDefaultOptions().queries?.retry;
  if (typeof retry !== "function") throw new Error("no rule");
  return retry(count, new RequestFailed(failure));
}

describe("createQueryClient", () => {
  it("reads once more while the API may come back", () => {
    expect(wouldRetry(0, { kind: "api_down" })).toBe(true);
    expect(wouldRetry(1, { kind: "api_down" })).toBe(false);
  });

  it("does not repeat what was refused", () => {
    expect(wouldRetry(0, { kind: "too_large", detail: null })).toBe(false);
  });

  it("never sends a slice twice by itself", () => {
    expect(createQueryClient().getDefaultOptions().mutations?.retry).toBe(false);
  });
});
