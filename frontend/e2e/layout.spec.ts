import { expect, test, type Locator } from "@playwright/test";
import { seeResult, sendSample, VERDICT } from "./views";

test.describe("theme", () => {
  test.use({ colorScheme: "dark" });

  test("follows the system and keeps a choice over a reload", async ({ page }) => {
    const root = page.locator("html");
    await page.goto("/");
    await expect(root).toHaveAttribute("data-theme", "dark");
    await page.getByRole("button", { name: "Switch to the light theme" }).click();
    await expect(root).toHaveAttribute("data-theme", "light");
    await page.reload();
    await expect(root).toHaveAttribute("data-theme", "light");
  });
});

test("nothing is loaded from another host", async ({ page, baseURL }) => {
  const foreign: string[] = [];
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(baseURL ?? "") && !url.startsWith("data:")) foreign.push(url);
  });
  for (const address of ["/", "/predict", "/history", "/model"]) {
    await page.goto(address, { waitUntil: "networkidle" });
  }
  expect(foreign).toEqual([]);
});

test("no page scrolls sideways on the narrowest screen", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  for (const address of ["/", "/predict", "/history", "/model", "/no-such-page"]) {
    await page.goto(address, { waitUntil: "networkidle" });
    const content = await page.evaluate(() => document.documentElement.scrollWidth);
    expect.soft(content, address).toBeLessThanOrEqual(320);
  }
});

test("with letters twice as large a telephone shows the whole header and history", async ({
  page,
}) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await sendSample(page, "Phantom 1");
  await seeResult(page, VERDICT);
  const browser = await page.context().newCDPSession(page);
  await browser.send("Page.setFontSizes", { fontSizes: { standard: 32 } });
  for (const address of ["/predict", "/no-such-page", "/history"]) {
    await page.goto(address, { waitUntil: "networkidle" });
    const content = await page.evaluate(() => document.documentElement.scrollWidth);
    expect.soft(content, address).toBeLessThanOrEqual(360);
  }
  const name = await page.getByText("tumor-1.png").boundingBox();
  expect(name?.width).toBeGreaterThan(180);
});

test("an address leads to its place in the report of the model", async ({ page }) => {
  await page.goto("/model");
  const section = page.getByRole("region", { name: "Licence" });
  const id = await section.getAttribute("id");
  await page.goto("about:blank");
  await page.goto(`/model#${id}`);
  await expect(section).toBeInViewport();
});

test.describe("a contrast theme of the system", () => {
  test.use({ contextOptions: { forcedColors: "active" } });

  test("leaves to be seen what is chosen, what is marked and where one is", async ({ page }) => {
    await sendSample(page, "Phantom 1");
    await seeResult(page, VERDICT);
    const ground = (target: Locator) =>
      target.evaluate((element) => getComputedStyle(element).backgroundColor);
    const paper = await ground(page.locator("body"));
    const option = (name: string) => page.locator("label").filter({ hasText: name });
    await page.getByRole("radio", { name: "None" }).check();
    expect(await ground(option("None"))).not.toBe(await ground(option("Heat map")));
    const scale = page.getByRole("img", { name: /^Probability .* on a line/ });
    // Line, band, threshold and probability, in this order.
    for (const mark of [2, 3]) {
      expect(await ground(scale.locator("span").nth(mark)), `mark ${mark}`).not.toBe(paper);
    }
    const here = page.getByRole("link", { name: "Predict" });
    await expect(here).toHaveCSS("text-decoration-line", "underline");
    await expect(page.getByRole("link", { name: "Model" })).toHaveCSS(
      "text-decoration-line",
      "none",
    );
  });
});
