import { expect, test } from "@playwright/test";
import { tabTo, VERDICT } from "./views";

test("the whole way from the start to a result and back needs no mouse", async ({ page }) => {
  await page.goto("/");
  await tabTo(page, page.getByRole("link", { name: "Try a study" }));
  await page.keyboard.press("Enter");

  const sample = page.getByRole("button", { name: "Phantom 1" });
  await expect(sample).toBeVisible();
  await tabTo(page, sample);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: VERDICT })).toBeFocused();

  const heatMap = page.getByRole("radio", { name: "Heat map" });
  await tabTo(page, page.getByRole("radio", { checked: true }));
  // The outline comes first where the model outlines.
  if (!(await heatMap.isChecked())) await page.keyboard.press("ArrowRight");
  await expect(heatMap).toBeChecked();

  const slider = page.getByRole("slider", { name: "Heat map opacity" });
  await tabTo(page, slider);
  await page.keyboard.press("Home");
  await expect(slider).toHaveValue("0");
  await page.keyboard.press("ArrowRight");
  await expect(slider).toHaveValue("5");

  await tabTo(page, page.getByRole("button", { name: "Another slice" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Choose files" })).toBeVisible();
});

test("the file picker opens from the keyboard", async ({ page }) => {
  // Listening takes a round trip to the browser, so it starts well before the key.
  const picker = page.waitForEvent("filechooser");
  await page.goto("/predict");
  await tabTo(page, page.getByRole("button", { name: "Choose files" }));
  await page.keyboard.press("Enter");
  await (await picker).setFiles("public/samples/normal-1.png");
  await expect(page.getByRole("heading", { name: VERDICT })).toBeVisible();
});

test("the first stop skips the header", async ({ page }) => {
  await page.goto("/model");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeAttached();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
});

test("what has the focus shows it", async ({ page }) => {
  await page.goto("/predict");
  await tabTo(page, page.getByRole("button", { name: "Choose files" }));
  await expect(page.getByRole("button", { name: "Choose files" })).toHaveCSS(
    "outline-style",
    "solid",
  );
});

test("what has the focus is not under the header, on the way up, either", async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 500 });
  await page.goto("/model");
  await page.getByRole("heading", { name: "Licence" }).scrollIntoViewIfNeeded();
  await page
    .getByRole("navigation", { name: /On this page/ })
    .getByRole("link")
    .last()
    .focus();
  const header = await page.getByRole("banner").boundingBox();
  for (let stop = 0; stop < 12; stop += 1) {
    await page.keyboard.press("Shift+Tab");
    const focused = page.locator(":focus");
    if ((await page.getByRole("banner").locator(":focus").count()) > 0) break;
    const top = async () => (await focused.boundingBox())?.y ?? 0;
    await expect.poll(top).toBeGreaterThanOrEqual(header?.height ?? 0);
  }
});

test("the skip link leaves the address alone, which says what the page shows", async ({ page }) => {
  await page.goto("/model");
  const choice = page.getByRole("navigation", { name: "Models" });
  await choice.getByRole("link").nth(1).click();
  const address = page.url();
  await page.getByRole("link", { name: "Skip to the content" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
  expect(page.url()).toBe(address);
});
