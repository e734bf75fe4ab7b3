import { expect, type Page } from "@playwright/test";
import type { Job, StudyPrediction } from "../src/api/study-types";
import { holdJob } from "./hold-job";
import { finishStudy, type FinishedStudy, type SampleStudy } from "./study-jobs";
import { failed, refuse, seeHeading, sendSample, VERDICT, type View } from "./views";
import { VOLUME_MS, withoutWebGl } from "./webgl";

const finished = new Map<SampleStudy, Promise<FinishedStudy>>();

/** The real answer to a phantom study, asked for once in each process of the tests. */
async function finishOnce(page: Page, sample: SampleStudy): Promise<FinishedStudy> {
  const known = finished.get(sample) ?? finishStudy(page.request, sample);
  finished.set(sample, known);
  try {
    return await known;
  } catch (thrown) {
    finished.delete(sample);
    throw thrown;
  }
}

async function openVolume(page: Page, plane: string): Promise<void> {
  const { job } = await finishOnce(page, "study-tumor");
  await page.goto(`/studies/${job.id}`);
  await expect(page.locator("[data-viewer=ready]")).toBeVisible({ timeout: VOLUME_MS });
  await page.getByRole("radio", { name: plane, exact: true }).check();
}

/** A study whose slices are pictures; changes: what the answer says otherwise. */
async function openPictures(
  page: Page,
  sample: SampleStudy,
  changes: Partial<StudyPrediction> = {},
): Promise<void> {
  await withoutWebGl(page);
  const { job, study } = await finishOnce(page, sample);
  const changed: Job = { ...job, result: { ...study, ...changes } };
  await page.route(`**/api/jobs/${job.id}`, (route) => route.fulfill({ json: changed }));
  await page.goto(`/studies/${job.id}`);
  await seeHeading(page, VERDICT);
  await seePicture(page);
}

async function seePicture(page: Page): Promise<void> {
  const picture = page.getByRole("img", { name: /^Axial slice/ });
  await expect(picture).toBeVisible();
  await expect
    .poll(() => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth))
    .toBeGreaterThan(0);
}

async function openReport(page: Page): Promise<void> {
  const { job } = await finishOnce(page, "study-tumor");
  await page.goto(`/studies/${job.id}/report`);
  await seeHeading(page, "Report of a study");
  await seePicture(page);
}

async function openEnded(page: Page, changes: Partial<Job>, heading: string): Promise<void> {
  const { id } = await holdJob(page, changes);
  await page.goto(`/studies/${id}`);
  await seeHeading(page, heading);
}

const DOUBT = "4 slices of 48 lie in the uncertain band, and none lies over it.";

/** For the eye alone: other planes, each drawn by the processor, and paper, which has one width. */
export const PICTURED_VIEWS: readonly View[] = [
  { name: "study-volume-all", open: (page) => openVolume(page, "All") },
  { name: "study-volume-3d", open: (page) => openVolume(page, "3-D") },
  {
    name: "report-print",
    open: async (page) => {
      await openReport(page);
      // A4 between the margins, at 96 px to an inch.
      await page.setViewportSize({ width: 688, height: 1_017 });
      await page.emulateMedia({ media: "print" });
    },
  },
];

export const STUDY_VIEWS: readonly View[] = [
  { name: "study-volume", open: (page) => openVolume(page, "Axial") },
  { name: "study-pictures", open: (page) => openPictures(page, "study-tumor") },
  { name: "study-no-tumor", open: (page) => openPictures(page, "study-normal") },
  {
    name: "study-uncertain",
    open: (page) =>
      openPictures(page, "study-normal", {
        label: "uncertain",
        probability: 0.46,
        uncertain: { reason: "slices_disagree", detail: DOUBT },
        warnings: ["Two positions were given twice; the first of each was taken."],
      }),
  },
  {
    name: "study-cancelled",
    open: (page) => openEnded(page, { state: "cancelled" }, "This study was cancelled"),
  },
  {
    name: "study-failed",
    open: (page) =>
      openEnded(
        page,
        failed("worker_lost", "The worker that had this study broke off twice."),
        "Something went wrong in the service",
      ),
  },
  {
    name: "study-queue-full",
    open: async (page) => {
      const detail = "20 studies are waiting already, which is the most that this service takes.";
      await page.route("**/api/jobs", (route) => refuse(route, 429, "queue_full", detail));
      await sendSample(page, "Phantom study A");
      await seeHeading(page, "The queue is full");
    },
  },
  { name: "report", open: openReport },
  {
    name: "report-of-no-answer",
    open: async (page) => {
      const { id } = await holdJob(page);
      await page.goto(`/studies/${id}/report`);
      await expect(page.getByText("This study has no answer to report.")).toBeVisible();
    },
  },
  {
    name: "app-part-missing",
    open: async (page) => {
      await page.route("**/assets/report-route*", (route) => route.abort("failed"));
      await page.goto("/studies/0123456789abcdef0123456789abcdef/report");
      await seeHeading(page, "Part of the app could not be loaded");
    },
  },
];
