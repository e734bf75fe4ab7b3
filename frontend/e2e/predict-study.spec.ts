import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, test } from "@playwright/test";
import { toReaderWords } from "../src/domain/api-words";
import {
  chooseFiles,
  readJob,
  SAMPLE_STUDY,
  seeStudyAddress,
  seeStudyResult,
  STUDY_MS,
  writeDicomZip,
} from "./studies";

/** Public research data; it cannot be committed, so most checkouts do not have it. */
const DATA = resolve(process.env.BRAINAI_DATA_DIR ?? "../../shared/data");

test.describe.configure({ timeout: STUDY_MS + 60_000 });

test("a phantom study goes from a click to a mask", async ({ page }) => {
  await page.goto("/predict");
  await page.getByRole("button", { name: "Phantom study A" }).click();
  await seeStudyResult(page);
  await expect(page.getByText("study-tumor.nii.gz")).toBeVisible();
  const { result, artefacts } = await readJob(page);
  expect(result?.label).toBe("tumor");
  expect(result?.lesion?.volume_ml).toBeGreaterThan(0);
  expect(artefacts.map(({ name }) => name)).toContain("mask.nii.gz");
});

test("a dropped study goes to a mask, too", async ({ page }) => {
  await page.goto("/predict");
  const area = page.getByRole("group", { name: "Choose a study or a slice" });
  await expect(area).toBeVisible();
  const dropped = await page.evaluateHandle(async () => {
    const bytes = await (await fetch("/samples/study-normal.nii.gz")).blob();
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], "dropped.nii.gz"));
    return transfer;
  });
  await area.dispatchEvent("drop", { dataTransfer: dropped });
  await seeStudyResult(page);
  await expect(page.getByText("dropped.nii.gz")).toBeVisible();
  const { result } = await readJob(page);
  expect(result?.label).toBe("no_tumor");
});

test("a real volume gives a mask over its tumour", async ({ page }) => {
  const folder = join(DATA, "brats2021");
  const patient = existsSync(folder) ? readdirSync(folder).at(0) : undefined;
  test.skip(patient === undefined, `the research data are not in ${DATA}`);
  const files = readdirSync(join(folder, patient ?? ""));
  const flair = files.find((name) => /flair.*\.nii\.gz$/i.test(name));
  test.skip(flair === undefined, "this patient has no FLAIR volume as .nii.gz");
  await chooseFiles(page, join(folder, patient ?? "", flair ?? ""));
  await seeStudyResult(page);
  const { result } = await readJob(page);
  expect(result?.label).toBe("tumor");
  expect(result?.lesion?.volume_ml).toBeGreaterThan(1);
});

test("a zip of DICOM files gives the answer of the volume that is in it", async ({
  page,
}, testInfo) => {
  const zip = testInfo.outputPath("study.zip");
  writeDicomZip(SAMPLE_STUDY, zip);
  await chooseFiles(page, zip);
  await seeStudyResult(page);
  const { result } = await readJob(page);
  expect(result?.input.format).toBe("dicom");
  expect(result?.label).toBe("tumor");
  expect(result?.lesion?.volume_ml).toBeGreaterThan(0);
});

test("a CT is refused with the reason, and judged when insisted on", async ({ page }, testInfo) => {
  const zip = testInfo.outputPath("ct.zip");
  writeDicomZip(SAMPLE_STUDY, zip, "CT");
  await chooseFiles(page, zip);
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("CT", { timeout: STUDY_MS });
  await expect(page.getByRole("heading", { name: "No result" })).toBeVisible();
  const { error } = await readJob(page);
  await expect(alert).toContainText(toReaderWords(error?.detail ?? "no reason"));
  expect(error?.forceable).toBe(true);
  await page.getByRole("button", { name: "Use it anyway" }).click();
  await seeStudyResult(page);
});

test("a job is found again after a reload in its middle", async ({ page }) => {
  await chooseFiles(page, SAMPLE_STUDY);
  const id = await seeStudyAddress(page);
  await page.reload();
  await seeStudyResult(page);
  expect(await seeStudyAddress(page)).toBe(id);
  await expect(page.getByText("study-tumor.nii.gz")).toBeVisible();
});

test("progress comes slice by slice, over one stream", async ({ page }) => {
  let asked = 0;
  page.on("request", (request) => {
    if (/\/api\/jobs\/[0-9a-f]+$/.test(request.url()) && request.method() === "GET") asked += 1;
  });
  await chooseFiles(page, SAMPLE_STUDY);
  await expect(page.getByText(/^\d+ of \d+ slices$/)).toBeVisible({ timeout: STUDY_MS });
  await seeStudyResult(page);
  expect(asked).toBeLessThanOrEqual(3);
});

test("cancel stops the job and starts over", async ({ page }) => {
  await chooseFiles(page, SAMPLE_STUDY);
  const id = await seeStudyAddress(page);
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("button", { name: "Choose files" })).toBeVisible();
  await expect(async () => {
    const job: unknown = await (await page.request.get(`/api/jobs/${id}`)).json();
    expect(job).toMatchObject({ state: "cancelled" });
  }).toPass();
  await page.goto(`/studies/${id}`);
  await expect(page.getByRole("heading", { name: "This study was cancelled" })).toBeVisible();
});

test("the history holds a study until it is erased, here and on the service", async ({ page }) => {
  await chooseFiles(page, SAMPLE_STUDY);
  await seeStudyResult(page);
  const id = await seeStudyAddress(page);
  await page.getByRole("link", { name: "History" }).click();
  const link = page.getByRole("link", { name: "study-tumor.nii.gz" });
  await expect(link).toHaveAttribute("href", `/studies/${id}`);
  await page.reload();
  await expect(link).toBeVisible();
  await page.getByRole("button", { name: "Erase study-tumor.nii.gz" }).click();
  await expect(page.getByText("Nothing was asked in this browser yet")).toBeVisible();
  expect((await page.request.get(`/api/jobs/${id}`)).status()).toBe(404);
});

test("the names of files go nowhere but to the service, and into no address", async ({ page }) => {
  const addresses: string[] = [];
  page.on("request", (request) => addresses.push(request.url()));
  await page.goto("/predict");
  await page.getByLabel("Files to analyse").setInputFiles({
    name: "anna-secret.nii.gz",
    mimeType: "application/gzip",
    buffer: await readFile(SAMPLE_STUDY),
  });
  await seeStudyResult(page);
  await expect(page.getByText("anna-secret.nii.gz")).toBeVisible();
  expect(addresses.filter((address) => address.includes("anna"))).toEqual([]);
});
