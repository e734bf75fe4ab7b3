import { describe, expect, it } from "vitest";
import { RequestFailed } from "../../domain/failure";
import { aQueuedJob, aRunningJob } from "../../testing/job-server";
import { aStudyJob } from "../../testing/study-answers";
import { pollInterval } from "./use-job";

describe("pollInterval", () => {
  it("asks every second for a job that has not ended", () => {
    expect(pollInterval(aQueuedJob(), null)).toBe(1_000);
    expect(pollInterval(aRunningJob(), null)).toBe(1_000);
    expect(pollInterval(aStudyJob(), null)).toBe(false);
    expect(pollInterval(undefined, null)).toBe(false);
  });

  it("goes on asking while the service is away or at fault", () => {
    const fault = { kind: "unknown", status: 500, detail: "A fault.", requestId: "5f0c" } as const;
    for (const failure of [{ kind: "api_down" } as const, fault]) {
      expect(pollInterval(aRunningJob(), new RequestFailed(failure))).toBe(1_000);
    }
  });

  it("asks no more for a job that the service no longer has", () => {
    expect(pollInterval(aRunningJob(), new RequestFailed({ kind: "gone" }))).toBe(false);
  });
});
