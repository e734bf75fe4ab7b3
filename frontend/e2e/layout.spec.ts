import { expect, test, type Page } from "@playwright/test";
import { ALL_VIEWS } from "./all-views";
import { SOFTWARE_WEBGL } from "./webgl";

test.use({ launchOptions: SOFTWARE_WEBGL });
test.describe.configure({ timeout: 300_000 });

/** Of a target for fingers, both ways: WCAG 2.5.5. */
const LEAST_TARGET_PX = 44;

/** What can be pressed and is smaller than a finger, but for links in running text. */
async function findSmallTargets(page: Page): Promise<string[]> {
  return page.evaluate((least) => {
    const pressed = document.querySelectorAll<HTMLElement>(
      "a[href], button, summary, input, [role=slider]",
    );
    return Array.from(pressed).flatMap((element) => {
      const { width, height } = element.getBoundingClientRect();
      // For screen readers alone, or not on the page.
      if (width <= 1 || height <= 1) return [];
      if (getComputedStyle(element).display === "inline") return [];
      // Half a pixel for rounding.
      if (width >= least - 0.5 && height >= least - 0.5) return [];
      const name = element.getAttribute("aria-label") ?? element.textContent.trim();
      return [`${name}, ${element.tagName}: ${Math.round(width)} x ${Math.round(height)} px`];
    });
  }, LEAST_TARGET_PX);
}

for (const width of [360, 1440]) {
  test.describe(`at ${width} px`, () => {
    test.use({ viewport: { width, height: 800 } });
    for (const view of ALL_VIEWS) {
      test(`${view.name} does not scroll sideways`, async ({ page }) => {
        await view.open(page);
        const content = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(content).toBeLessThanOrEqual(width);
      });
    }
  });
}

test.describe("on a telephone", () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true });
  for (const view of ALL_VIEWS) {
    test(`${view.name} has targets that a finger hits`, async ({ page }) => {
      await view.open(page);
      expect(await findSmallTargets(page)).toEqual([]);
    });
  }
});

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
