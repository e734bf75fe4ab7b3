import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { ALL_VIEWS } from "./all-views";
import { SOFTWARE_WEBGL } from "./webgl";

test.use({ launchOptions: SOFTWARE_WEBGL });
test.describe.configure({ timeout: 300_000 });

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in the ${colorScheme} theme`, () => {
    // Colours that are still in transition would be measured halfway.
    test.use({ colorScheme, contextOptions: { reducedMotion: "reduce" } });
    for (const view of ALL_VIEWS) {
      test(`${view.name} has no violation that axe can find`, async ({ page }) => {
        await view.open(page);
        const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
        expect(violations).toEqual([]);
      });
    }
  });
}
