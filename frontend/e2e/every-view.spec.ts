import { AxeBuilder } from "@axe-core/playwright";
import { expect, test, type Page } from "@playwright/test";
import { ALL_VIEWS } from "./all-views";
import { SOFTWARE_WEBGL } from "./webgl";

// A view is opened once and then looked at in each way: studies take the server their time.
test.use({
  launchOptions: SOFTWARE_WEBGL,
  viewport: { width: 360, height: 740 },
  hasTouch: true,
  colorScheme: "light",
  // Colours that are still in transition would be measured halfway.
  contextOptions: { reducedMotion: "reduce" },
});
test.describe.configure({ timeout: 300_000 });

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

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
      const { clipPath, display } = getComputedStyle(element);
      // For screen readers alone, or not on the page.
      if (width <= 1 || height <= 1 || clipPath === "inset(50%)") return [];
      if (display === "inline") return [];
      // Half a pixel for rounding.
      if (width >= least - 0.5 && height >= least - 0.5) return [];
      const name = element.getAttribute("aria-label") ?? element.textContent.trim();
      return [`${name}, ${element.tagName}: ${Math.round(width)} x ${Math.round(height)} px`];
    });
  }, LEAST_TARGET_PX);
}

/** Wait until colours that change have changed. */
async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    // The theme follows what the system asks for in an effect, a frame later.
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const ending = document
      .getAnimations()
      .filter((animation) => animation.effect?.getComputedTiming().iterations !== Infinity);
    await Promise.allSettled(ending.map((animation) => animation.finished));
  });
}

for (const view of ALL_VIEWS) {
  test(`${view.name} fits, has targets that a finger hits, and axe finds nothing`, async ({
    page,
  }) => {
    await view.open(page);
    expect.soft(await findSmallTargets(page)).toEqual([]);
    for (const width of [360, 1440]) {
      await page.setViewportSize({ width, height: 800 });
      const content = await page.evaluate(() => document.documentElement.scrollWidth);
      expect.soft(content, `at ${width} px`).toBeLessThanOrEqual(width);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await settle(page);
        const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
        expect.soft(violations, `${colorScheme}, ${width} px`).toEqual([]);
      }
    }
  });
}
