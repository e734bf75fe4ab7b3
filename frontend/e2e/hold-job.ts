import type { Page } from "@playwright/test";
import type { Job } from "../src/api/study-types";

/** Answer for a job that never ends, half done: the view stays as it is. */
export async function holdJob(page: Page, changes: Partial<Job> = {}): Promise<Job> {
  const job: Job = {
    id: "0123456789abcdef0123456789abcdef",
    state: "running",
    stage: "judging",
    progress: 0.42,
    slices_done: 59,
    slices_total: 140,
    attempts: 1,
    created_at: "2026-11-24T16:00:00Z",
    ended_at: null,
    expires_at: null,
    error: null,
    result: null,
    artefacts: [],
    ...changes,
  };
  await page.route("**/api/jobs", (route) => route.fulfill({ status: 202, json: job }));
  await page.route(`**/api/jobs/${job.id}`, (route) => route.fulfill({ json: job }));
  await page.route(`**/api/jobs/${job.id}/events`, (route) => route.fulfill({ status: 429 }));
  return job;
}
