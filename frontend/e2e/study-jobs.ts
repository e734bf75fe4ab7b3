import { readFile } from "node:fs/promises";
import { expect, type APIRequestContext, type Locator, type Page } from "@playwright/test";
import type { Job, StudyPrediction } from "../src/api/study-types";

/** The phantom studies that ship: one with a lesion, one without. */
export type SampleStudy = "study-tumor" | "study-normal";

export interface FinishedStudy {
  job: Job;
  study: StudyPrediction;
}

/** Send a phantom study to the API and wait for its answer. */
export async function finishStudy(
  request: APIRequestContext,
  sample: SampleStudy = "study-tumor",
): Promise<FinishedStudy> {
  const file = {
    name: "study.nii.gz",
    mimeType: "application/gzip",
    buffer: await readFile(new URL(`../public/samples/${sample}.nii.gz`, import.meta.url)),
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
