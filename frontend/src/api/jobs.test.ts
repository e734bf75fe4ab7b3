import { http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";
import { RequestFailed } from "../domain/failure";
import { aQueuedJob, aRunningJob, serveJob } from "../testing/job-server";
import { server, stopApi } from "../testing/server";
import { aStudyJob } from "../testing/study-answers";
import { cancelJob, eraseJob, jobEventsAddress, pollInterval, postJob } from "./jobs";

const never = new AbortController().signal;
const ignore = () => undefined;
const FILES = ["flair.nii.gz", "t1c.nii.gz"].map((name) => new File(["x"], name));

describe("postJob", () => {
  it("sends every file as a part of its own and returns the job", async () => {
    const { posted } = serveJob(aQueuedJob());
    const job = await postJob(FILES, { forced: false, series: null }, never, ignore);
    expect(job).toEqual(aQueuedJob());
    expect(posted).toHaveLength(1);
    expect(posted[0]?.names).toHaveLength(2);
    expect(posted[0]?.query.size).toBe(0);
  });

  it("passes on that the reader insists, and which series is the FLAIR", async () => {
    const { posted } = serveJob(aQueuedJob());
    await postJob(FILES, { forced: true, series: 3 }, never, ignore);
    expect(posted[0]?.query.toString()).toBe("force=true&series=3");
  });

  it("fails with the failure that the API names", async () => {
    stopApi();
    const posting = postJob(FILES, { forced: false, series: null }, never, ignore);
    await expect(posting).rejects.toMatchObject({ failure: { kind: "api_down" } });
  });
});

describe("eraseJob", () => {
  it("stops a running job first and then erases it", async () => {
    const answers = [200, 204];
    server.use(
      http.delete(
        "*/api/jobs/job1",
        () => new HttpResponse(null, { status: answers.shift() ?? 500 }),
      ),
    );
    await eraseJob("job1");
    expect(answers).toEqual([]);
  });

  it("is content where the job is gone already", async () => {
    serveJob(aQueuedJob());
    await expect(eraseJob("another")).resolves.toBeUndefined();
  });

  it("does not call erased what is only stopped", async () => {
    server.use(http.delete("*/api/jobs/job1", () => HttpResponse.json({})));
    await expect(eraseJob("job1")).rejects.toMatchObject({ failure: { kind: "unknown" } });
  });

  it("fails where nobody answers", async () => {
    stopApi();
    await expect(eraseJob("job1")).rejects.toMatchObject({ failure: { kind: "api_down" } });
  });
});

describe("cancelJob", () => {
  it("asks once", async () => {
    const { erased } = serveJob(aQueuedJob());
    await cancelJob("job1");
    expect(erased).toEqual(["job1"]);
  });
});

describe("jobEventsAddress", () => {
  it("cannot be led to another place by an id", () => {
    expect(jobEventsAddress("../health")).toBe("/api/jobs/..%2Fhealth/events");
  });
});

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
