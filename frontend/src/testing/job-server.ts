import { http, HttpResponse } from "msw";
import type { Job } from "../api/study-types";
import { aProblem } from "./answers";
import { server } from "./server";
import { aStudyJob } from "./study-answers";

/** A job that waits. */
export function aQueuedJob(changes: Partial<Job> = {}): Job {
  return aStudyJob({
    state: "queued",
    stage: "waiting",
    progress: 0,
    slices_done: 0,
    slices_total: 0,
    attempts: 0,
    ended_at: null,
    expires_at: null,
    result: null,
    artefacts: [],
    ...changes,
  });
}

/** A job with 3 of its 6 slices judged. */
export function aRunningJob(changes: Partial<Job> = {}): Job {
  const half = { progress: 0.5, slices_done: 3, slices_total: 6, attempts: 1 };
  return aQueuedJob({ state: "running", stage: "judging", ...half, ...changes });
}

export function aFailedJob(code: string, detail: string, changes: Partial<Job> = {}): Job {
  return aQueuedJob({
    state: "failed",
    stage: "done",
    attempts: 1,
    ended_at: "2026-11-24T16:00:02Z",
    expires_at: "2099-11-25T16:00:02Z",
    error: { code, detail, forceable: false },
    ...changes,
  });
}

function goneAnswer() {
  return HttpResponse.json(aProblem(404, "job_not_found", "No such job."), {
    status: 404,
    headers: { "content-type": "application/problem+json" },
  });
}

/** What a job server was asked. */
export interface JobRecord {
  posted: { query: URLSearchParams; names: string[] }[];
  erased: string[];
}

/**
 * Take any study as the first of `jobs`, and answer each look at it with the one that follows; the
 * last stays until it is erased.
 */
export function serveJob(...jobs: [Job, ...Job[]]): JobRecord {
  const record: JobRecord = { posted: [], erased: [] };
  let at = 0;
  const current = (): Job => jobs[Math.min(at, jobs.length - 1)] ?? jobs[0];
  server.use(
    http.post("*/api/jobs", async ({ request }) => {
      const files = (await request.formData()).getAll("file");
      const names = files.map((file) => (file instanceof File ? file.name : ""));
      record.posted.push({ query: new URL(request.url).searchParams, names });
      return HttpResponse.json(current(), { status: 202 });
    }),
    http.get("*/api/jobs/:id", ({ params }) => {
      if (params.id !== jobs[0].id || record.erased.includes(jobs[0].id)) return goneAnswer();
      at += 1;
      return HttpResponse.json(current());
    }),
    http.delete("*/api/jobs/:id", ({ params }) => {
      if (params.id !== jobs[0].id || record.erased.includes(jobs[0].id)) return goneAnswer();
      record.erased.push(jobs[0].id);
      return new HttpResponse(null, { status: 204 });
    }),
  );
  return record;
}
