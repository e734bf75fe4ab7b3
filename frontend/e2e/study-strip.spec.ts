import { AxeBuilder } from "@axe-core/playwright";
import { expect, test, type Page } from "@playwright/test";
import config from "../playwright.config";
import { finishStudy, largestSlice, strip, type FinishedStudy } from "./study-jobs";

// No WebGL at all, as on a locked-down machine.
test.use({
  launchOptions: { ...config.use?.launchOptions, args: ["--no-sandbox", "--disable-3d-apis"] },
  contextOptions: { reducedMotion: "reduce" },
});
test.describe.configure({ mode: "serial", timeout: 300_000 });

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

let finished: FinishedStudy;

test.beforeAll(async ({ playwright, baseURL }) => {
  test.setTimeout(300_000);
  const request = await playwright.request.newContext({ ...(baseURL ? { baseURL } : {}) });
  finished = await finishStudy(request);
  await request.dispose();
});

async function openStudy(page: Page): Promise<void> {
  await page.goto(`/studies/${finished.job.id}`);
  await expect(page.getByText(/this browser shows no volume/)).toBeVisible();
}

/** The picture of a slice is there and decoded, not only asked for. */
async function seePicture(page: Page, index: number): Promise<void> {
  const picture = page.getByRole("img", { name: new RegExp(`^Axial slice ${index},`) });
  await expect(picture).toBeVisible();
  await expect
    .poll(() => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth))
    .toBeGreaterThan(0);
}

test("the strip goes by keyboard to every place, and the picture follows", async ({ page }) => {
  await openStudy(page);
  const largest = largestSlice(finished);
  const last = finished.study.slices.length - 1;
  await seePicture(page, largest);
  await strip(page).focus();
  for (const [key, index] of [
    ["ArrowRight", largest + 1],
    ["ArrowLeft", largest],
    ["End", last],
    ["PageDown", last - 10],
    ["Home", 0],
    ["ArrowUp", 1],
  ] as const) {
    await page.keyboard.press(key);
    await expect(strip(page)).toHaveAttribute("aria-valuenow", String(index));
    await seePicture(page, index);
  }
  await expect(strip(page)).toHaveAttribute("aria-valuetext", /^Slice 1: /);
});

test("keys and buttons lead from tumour slice to tumour slice and to the largest area", async ({
  page,
}) => {
  await openStudy(page);
  const tumor = finished.study.slices.filter(({ label }) => label === "tumor");
  const [first, second] = tumor;
  if (first === undefined || second === undefined) throw new Error("the sample has no tumour");
  await strip(page).focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("n");
  await expect(strip(page)).toHaveAttribute("aria-valuenow", String(first.index));
  await page.getByRole("button", { name: "Next tumour slice" }).click();
  await expect(strip(page)).toHaveAttribute("aria-valuenow", String(second.index));
  await page.keyboard.press("p");
  await expect(strip(page)).toHaveAttribute("aria-valuenow", String(first.index));
  await expect(page.getByRole("button", { name: "Previous tumour slice" })).toHaveAttribute(
    "aria-disabled",
    "true",
  );
  await page.getByRole("button", { name: "Largest area" }).click();
  await expect(strip(page)).toHaveAttribute("aria-valuenow", String(largestSlice(finished)));
});

test("a click and a drag on the strip move the slice", async ({ page }) => {
  await openStudy(page);
  await strip(page).scrollIntoViewIfNeeded();
  const box = await strip(page).boundingBox();
  if (box === null) throw new Error("the strip is not on the page");
  const count = finished.study.slices.length;
  const at = (index: number) => box.x + (box.width * (index + 0.5)) / count;
  await page.mouse.move(at(5), box.y + 40);
  await page.mouse.down();
  await expect(strip(page)).toHaveAttribute("aria-valuenow", "5");
  await page.mouse.move(at(12), box.y + 40, { steps: 4 });
  await expect(strip(page)).toHaveAttribute("aria-valuenow", "12");
  await page.mouse.up();
});

test("the mask of the pictures is outlined, filled or left out", async ({ page }) => {
  await openStudy(page);
  const picture = page.getByRole("img", { name: /^Axial slice/ });
  for (const [name, overlay] of [
    ["Fill", "fill"],
    ["None", "none"],
    ["Outline", "outline"],
  ] as const) {
    await page.getByRole("radio", { name, exact: true }).check();
    await expect(picture).toHaveAttribute("src", new RegExp(`overlay=${overlay}$`));
    await seePicture(page, largestSlice(finished));
  }
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing in study and report in the ${colorScheme} theme`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await openStudy(page);
    const study = await new AxeBuilder({ page }).withTags(TAGS).analyze();
    expect(study.violations).toEqual([]);
    await page.getByRole("link", { name: "Report to print" }).click();
    await expect(page.getByRole("heading", { name: "Report of a study" })).toBeVisible();
    const report = await new AxeBuilder({ page }).withTags(TAGS).analyze();
    expect(report.violations).toEqual([]);
  });
}

test("at 360 px nothing scrolls sideways", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await openStudy(page);
  const width = () => page.evaluate(() => document.documentElement.scrollWidth);
  expect(await width()).toBeLessThanOrEqual(360);
  await page.goto(`/studies/${finished.job.id}/report`);
  await expect(page.getByRole("heading", { name: "Report of a study" })).toBeVisible();
  expect(await width()).toBeLessThanOrEqual(360);
});

test("on a telephone held sideways the whole picture fits under the header", async ({ page }) => {
  await page.setViewportSize({ width: 740, height: 360 });
  await openStudy(page);
  const picture = await page.getByRole("img", { name: /^Axial slice/ }).boundingBox();
  const header = await page.getByRole("banner").boundingBox();
  expect((picture?.height ?? Infinity) + (header?.height ?? Infinity)).toBeLessThanOrEqual(360);
});
