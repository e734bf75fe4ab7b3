import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, type Page } from "@playwright/test";
import type { Job } from "../src/api/study-types";
import { VERDICT } from "./views";

/** Where the phantom study lies that ships with the app. */
export const SAMPLE_STUDY = fileURLToPath(
  new URL("../public/samples/study-tumor.nii.gz", import.meta.url),
);

/** A study takes its time on a machine without a graphics card. */
export const STUDY_MS = 240_000;

const PYTHON = fileURLToPath(new URL("../../.venv/bin/python", import.meta.url));
const WRITER = fileURLToPath(new URL("./write_dicom.py", import.meta.url));

/** Write a volume as a zip of single DICOM files. */
export function writeDicomZip(volume: string, target: string, modality = "MR"): void {
  execFileSync(PYTHON, [WRITER, volume, target, modality]);
}

export async function chooseFiles(page: Page, ...paths: string[]): Promise<void> {
  await page.goto("/predict");
  await page.getByLabel("Files to analyse").setInputFiles(paths);
}

/** Wait until the page has the address of a study, and return the study's id. */
export async function seeStudyAddress(page: Page): Promise<string> {
  await page.waitForURL(/\/studies\/[^/]+$/);
  return new URL(page.url()).pathname.split("/").at(-1) ?? "";
}

export async function seeStudyResult(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { name: "Result", level: 1, exact: true })).toBeVisible({
    timeout: STUDY_MS,
  });
  await expect(page.getByRole("heading", { name: VERDICT })).toBeVisible();
}

/** The job that the page shows, as the API tells it. */
export async function readJob(page: Page): Promise<Job> {
  const id = await seeStudyAddress(page);
  return (await (await page.request.get(`/api/jobs/${id}`)).json()) as Job;
}
