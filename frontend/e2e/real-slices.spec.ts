import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "@playwright/test";
import type { Models } from "../src/api/wire";
import { showHeatMap } from "./views";

/** Public research data; it cannot be committed, so most checkouts do not have it. */
const DATA = resolve(process.env.BRAINAI_DATA_DIR ?? "../../shared/data");

/** A patient of the test set: the model never saw one of these slices. */
const PATIENT = "TCGA_DU_8168_19970503";

function slicePath(number: number): string {
  return join(DATA, "lgg", PATIENT, `${PATIENT}_${number}.webp`);
}

const CASES = [
  { what: "a large glioma", path: slicePath(20), verdict: "Signs of a tumour" },
  { what: "the same brain far from it", path: slicePath(34), verdict: "No sign of a tumour" },
] as const;

for (const { what, path, verdict } of CASES) {
  test(`a real slice through ${what} gives: ${verdict}`, async ({ page, request }) => {
    test.skip(!existsSync(path), `the research data are not in ${DATA}`);
    const { models } = (await (await request.get("/api/models")).json()) as Models;
    test.skip(models[0]?.figures.length === 0, "the model was never measured: it may say anything");
    await page.goto("/predict");
    await page.getByLabel("Files to analyse").setInputFiles(path);
    await expect(page.getByRole("heading", { name: verdict, exact: true })).toBeVisible();
    await showHeatMap(page);
  });
}
