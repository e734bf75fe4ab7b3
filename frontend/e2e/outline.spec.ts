import { expect, test, type Page } from "@playwright/test";
import type { Prediction } from "../src/api/wire";
import { sendSample, tabTo } from "./views";

type Lesion = NonNullable<Prediction["lesion"]>;

/**
 * Send a sample and return the lesion that the shipped model outlines in it. Without one there is
 * nothing to test here, so that is a failure and not a reason to skip.
 */
async function sendAndOutline(page: Page, title: string): Promise<Lesion> {
  const response = page.waitForResponse("**/api/predict*");
  await sendSample(page, title);
  const answer = (await (await response).json()) as Prediction;
  expect(answer.outputs_withheld.map(({ output }) => output)).not.toContain("mask");
  expect(answer.mask).toMatch(/^data:image\/png;base64,/);
  const { lesion } = answer;
  if (lesion === null) throw new Error(`the model outlines nothing in ${title}`);
  return lesion;
}

const OUTLINE = { name: "Outline of the lesion" } as const;

/** The corners of the drawn outline, in pixels of the slice: left, top, right, bottom. */
async function drawnBox(page: Page): Promise<number[]> {
  return page.getByRole("img", OUTLINE).evaluate((drawing) => {
    const path = drawing.querySelector<SVGGraphicsElement>("path");
    if (path === null) throw new Error("the outline has no path");
    const { x, y, width, height } = path.getBBox();
    return [x, y, x + width, y + height];
  });
}

test("the lesion is outlined where the API says that it is, and measured", async ({ page }) => {
  const { bounding_box: box, area_px: area } = await sendAndOutline(page, "Phantom 1");
  const outline = page.getByRole("img", OUTLINE);
  await expect(outline).toBeVisible();
  const corners = [box.left, box.top, box.left + box.width, box.top + box.height];
  for (const [index, at] of (await drawnBox(page)).entries()) {
    expect(Math.abs(at - (corners[index] ?? NaN))).toBeLessThanOrEqual(1);
  }
  const slice = await page.getByRole("img", { name: /^The slice/ }).boundingBox();
  expect(await outline.boundingBox()).toEqual(slice);
  await expect(page.getByRole("region", { name: "Outlined lesion" })).toContainText(
    `${area.toLocaleString("en-GB")} px`,
  );
});

test("the keyboard goes from outline to heat map to nothing, and the next result follows", async ({
  page,
}) => {
  await sendAndOutline(page, "Phantom 1");
  const outline = page.getByRole("img", OUTLINE);
  const heatMap = page.locator("canvas[data-state=drawn]");
  await tabTo(page, page.getByRole("radio", { name: "Outline" }));
  await expect(outline).toBeVisible();
  await expect(heatMap).toBeHidden();

  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("radio", { name: "Heat map" })).toBeFocused();
  await expect(heatMap).toBeVisible();
  await expect(outline).toBeHidden();

  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("radio", { name: "None" })).toBeChecked();
  await expect(heatMap).toBeHidden();
  await expect(outline).toBeHidden();

  await page.getByRole("button", { name: "Another slice" }).click();
  await page.getByRole("button", { name: "Phantom 1" }).click();
  await expect(page.getByRole("radio", { name: "None" })).toBeChecked();
  await page.getByRole("radio", { name: "None" }).focus();
  await page.keyboard.press("ArrowLeft");
  await expect(heatMap).toBeVisible();
});
