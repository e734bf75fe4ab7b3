import { AxeBuilder } from "@axe-core/playwright";
import { expect, test, type Locator, type Page } from "@playwright/test";
import type { StudyPrediction } from "../src/api/study-types";
import { gridCentre, readMask, sliceCentre } from "./nifti";
import { finishStudy, largestSlice, strip, type FinishedStudy } from "./study-jobs";
import { SOFTWARE_WEBGL, VOLUME_MS } from "./webgl";

test.use({
  launchOptions: SOFTWARE_WEBGL,
  contextOptions: { reducedMotion: "reduce" },
  // Every pixel is drawn by the processor.
  viewport: { width: 800, height: 900 },
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

async function openStudy(page: Page): Promise<Locator> {
  await page.goto(`/studies/${finished.job.id}`);
  const viewer = page.locator("[data-viewer=ready]");
  await expect(viewer).toBeVisible({ timeout: VOLUME_MS });
  return viewer;
}

/**
 * Where two pictures of the viewer differ: how many pixels, and their middle as shares of the width
 * and the height. Orientation letters are in both and cancel.
 */
async function findChange(page: Page, before: Buffer, after: Buffer) {
  return page.evaluate(
    async ([one, two]) => {
      const read = async (base64: string) => {
        const picture = new Image();
        picture.src = `data:image/png;base64,${base64}`;
        await picture.decode();
        const canvas = document.createElement("canvas");
        canvas.width = picture.naturalWidth;
        canvas.height = picture.naturalHeight;
        const context = canvas.getContext("2d");
        if (context === null) throw new Error("this browser draws no canvas");
        context.drawImage(picture, 0, 0);
        return context.getImageData(0, 0, canvas.width, canvas.height);
      };
      const [a, b] = [await read(one), await read(two)];
      let [count, x, y, grey] = [0, 0, 0, 0];
      for (let at = 0; at < a.data.length; at += 4) {
        const [red, green, blue] = a.data.subarray(at, at + 3);
        const far =
          Math.abs((red ?? 0) - (b.data[at] ?? 0)) +
          Math.abs((green ?? 0) - (b.data[at + 1] ?? 0)) +
          Math.abs((blue ?? 0) - (b.data[at + 2] ?? 0));
        if (far < 60) continue;
        count += 1;
        x += (at / 4) % a.width;
        y += Math.floor(at / 4 / a.width);
        grey += red ?? 0;
      }
      return { count, x: x / count / a.width, y: y / count / a.height, grey: grey / count };
    },
    [before.toString("base64"), after.toString("base64")] as const,
  );
}

/** Draw with a mask and without, and return where that makes a difference. */
async function findMask(page: Page, viewer: Locator, look: "Fill" | "Outline") {
  await page.getByRole("radio", { name: "None", exact: true }).check();
  const without = await viewer.screenshot();
  await page.getByRole("radio", { name: look, exact: true }).check();
  let change = await findChange(page, without, await viewer.screenshot());
  await expect(async () => {
    change = await findChange(page, without, await viewer.screenshot());
    expect(change.count).toBeGreaterThan(100);
  }).toPass({ timeout: 60_000 });
  return change;
}

/** How far the study's grid reaches along one of the body's axes, mm. */
function reach({ input }: StudyPrediction, letters: string): number {
  const axis = Array.from(input.orientation).findIndex((letter) => letters.includes(letter));
  return (input.shape[axis] ?? NaN) * (input.spacing_mm[axis] ?? NaN);
}

test("the mask lies over the lesion, the right way round in either convention", async ({
  page,
  request,
}) => {
  const { job, study } = finished;
  const largest = largestSlice(finished);
  const file = await request.get(`/api/jobs/${job.id}/mask.nii.gz`);
  const mask = readMask(await file.body());
  const lesion = sliceCentre(mask, study.input.axial_axis, largest);
  if (lesion === null) throw new Error("the mask's largest slice is empty");
  const [right = 0, front = 0] = lesion.map((mm, axis) => mm - (gridCentre(mask)[axis] ?? 0));
  // A lesion on the midline would lie right in any convention.
  expect(Math.abs(right)).toBeGreaterThan(10);

  const viewer = await openStudy(page);
  await expect(strip(page)).toHaveAttribute("aria-valuenow", String(largest));
  const fill = await findMask(page, viewer, "Fill");
  const box = await viewer.boundingBox();
  if (box === null) throw new Error("the viewer is not on the page");
  const scale = Math.min(box.width / reach(study, "LR"), box.height / reach(study, "AP"));
  // The patient's right is on the left, the front is at the top.
  expect(Math.abs(fill.x - (0.5 - (right * scale) / box.width))).toBeLessThan(0.03);
  expect(Math.abs(fill.y - (0.5 - (front * scale) / box.height))).toBeLessThan(0.03);
  // FLAIR shows a lesion bright: without the mask, what it covers is brighter than tissue.
  expect(fill.grey).toBeGreaterThan(140);
  const outline = await findMask(page, viewer, "Outline");
  expect(Math.hypot(outline.x - fill.x, outline.y - fill.y)).toBeLessThan(0.03);
  expect(outline.count).toBeLessThan(fill.count);

  await page.getByRole("radio", { name: "Neurological" }).check();
  await expect(page.getByText("right is on the right of the picture")).toBeVisible();
  const turned = await findMask(page, viewer, "Fill");
  expect(Math.abs(turned.x - (1 - fill.x))).toBeLessThan(0.03);
});

test("viewer and strip move each other", async ({ page }) => {
  const viewer = await openStudy(page);
  const largest = largestSlice(finished);
  await viewer.hover();
  await page.mouse.wheel(0, 100);
  await expect(strip(page)).toHaveAttribute("aria-valuenow", String(largest + 1));
  await page.mouse.wheel(0, -100);
  await expect(strip(page)).toHaveAttribute("aria-valuenow", String(largest));

  const before = await viewer.screenshot();
  await strip(page).focus();
  for (let step = 0; step < 4; step += 1) await page.keyboard.press("ArrowRight");
  await expect(strip(page)).toHaveAttribute("aria-valuenow", String(largest + 4));
  await expect(async () => {
    expect((await findChange(page, before, await viewer.screenshot())).count).toBeGreaterThan(200);
  }).toPass();

  // A click beside the middle of a coronal slice goes to another axial one.
  await page.getByRole("radio", { name: "Coronal" }).check();
  const box = await viewer.boundingBox();
  if (box === null) throw new Error("the viewer is not on the page");
  await page.mouse.click(box.x + box.width / 2, box.y + box.height * 0.62);
  await expect(strip(page)).not.toHaveAttribute("aria-valuenow", String(largest + 4));
  await expect(page.getByRole("slider", { name: "Coronal slice" })).toBeFocused();
  await page.getByRole("radio", { name: "Axial", exact: true }).check();
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await expect(strip(page)).toBeFocused();
});

test("a drag sets the window, and a preset sets it back", async ({ page }) => {
  const viewer = await openStudy(page);
  const auto = page.getByRole("radio", { name: "Auto" });
  await expect(auto).toBeChecked();
  const before = await viewer.screenshot();
  const box = await viewer.boundingBox();
  if (box === null) throw new Error("the viewer is not on the page");
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 + 150, box.y + box.height / 2, { steps: 3 });
  await page.mouse.up();
  await expect(auto).not.toBeChecked();
  await expect(async () => {
    expect((await findChange(page, before, await viewer.screenshot())).count).toBeGreaterThan(500);
  }).toPass();
  await auto.check();
  await expect(async () => {
    expect((await findChange(page, before, await viewer.screenshot())).count).toBeLessThan(50);
  }).toPass();
});

test("every plane is drawn, and axe finds nothing", async ({ page, baseURL }) => {
  const foreign: string[] = [];
  page.on("request", (sent) => {
    const url = sent.url();
    if (!url.startsWith(baseURL ?? "") && !/^(data|blob):/.test(url)) foreign.push(url);
  });
  const viewer = await openStudy(page);
  let last = await viewer.screenshot();
  for (const name of ["Coronal", "Sagittal", "All", "3-D"]) {
    await page.getByRole("radio", { name, exact: true }).check();
    await expect(async () => {
      const change = await findChange(page, last, await viewer.screenshot());
      expect(change.count).toBeGreaterThan(1_000);
    }).toPass({ timeout: 60_000 });
    last = await viewer.screenshot();
  }
  await page.getByRole("radio", { name: "Axial", exact: true }).check();
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  expect(violations).toEqual([]);
  expect(foreign).toEqual([]);
});

test("every plane and the head's turn are moved by keys, and sliders follow the wheel", async ({
  page,
}) => {
  const viewer = await openStudy(page);
  for (const [plane, names] of [
    ["Coronal", ["Coronal slice"]],
    ["Sagittal", ["Sagittal slice"]],
    ["All", ["Coronal slice", "Sagittal slice"]],
    ["3-D", ["Turn", "Tilt"]],
  ] as const) {
    await page.getByRole("radio", { name: plane, exact: true }).check();
    for (const name of names) {
      const slider = page.getByRole("slider", { name, exact: true });
      const start = Number(await slider.inputValue());
      const before = await viewer.screenshot();
      await slider.focus();
      for (let step = 0; step < 12; step += 1) await page.keyboard.press("ArrowRight");
      await expect(slider).toHaveValue(String(start + 12));
      await expect(async () => {
        const change = await findChange(page, before, await viewer.screenshot());
        expect(change.count).toBeGreaterThan(200);
      }).toPass({ timeout: 60_000 });
    }
  }
  await page.getByRole("radio", { name: "Sagittal", exact: true }).check();
  const sagittal = page.getByRole("slider", { name: "Sagittal slice" });
  const start = Number(await sagittal.inputValue());
  await viewer.hover();
  await page.mouse.wheel(0, 100);
  await expect(sagittal).toHaveValue(String(start + 1));
});

test("the report is one sheet of paper", async ({ page }) => {
  await page.goto(`/studies/${finished.job.id}/report`);
  await expect(page.getByRole("heading", { name: "Report of a study" })).toBeVisible();
  const paper = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
  expect(paper.match(/\/Type\s*\/Page\b/g)).toHaveLength(1);
});
