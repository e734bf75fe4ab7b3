import { readFile } from "node:fs/promises";
import { expect, type APIRequestContext, type Locator, type Page } from "@playwright/test";
import type { Job, StudyPrediction } from "../src/api/study-types";

const SAMPLE = new URL("../public/samples/study-tumor.nii.gz", import.meta.url);

export interface FinishedStudy {
  job: Job;
  study: StudyPrediction;
}

/** Send the phantom study that ships to the API and wait for its answer. */
export async function finishStudy(request: APIRequestContext): Promise<FinishedStudy> {
  const file = {
    name: "study.nii.gz",
    mimeType: "application/gzip",
    buffer: await readFile(SAMPLE),
  };
  const sent = await request.post("/api/jobs", { multipart: { file } });
  expect(sent.status()).toBe(202);
  let job = (await sent.json()) as Job;
  await expect(async () => {
    const answer = await request.get(`/api/jobs/${job.id}`);
    job = (await answer.json()) as Job;
    expect(job.state).not.toMatch(/queued|running/);
  }).toPass({ timeout: 240_000, intervals: [500] });
  if (job.result === null) throw new Error(`the sample study ended as ${job.state}`);
  return { job, study: job.result };
}

export function strip(page: Page): Locator {
  return page.getByRole("slider", { name: "Axial slice" });
}

/** The slice with the largest area; the phantom has a lesion that the shipped model outlines. */
export function largestSlice({ study }: FinishedStudy): number {
  if (study.lesion === null) throw new Error("the model outlines nothing in the sample study");
  return study.lesion.slice_of_largest_area;
}
