import { test } from "@playwright/test";
import { ALL_VIEWS } from "./all-views";
import { PICTURED_VIEWS } from "./study-views";
import { seeHeading, sendSample } from "./views";
import { SOFTWARE_WEBGL } from "./webgl";

test.use({ launchOptions: SOFTWARE_WEBGL });
test.describe.configure({ timeout: 300_000 });

const FOLDER = "screenshots";
const THEMES = ["light", "dark"] as const;
const WIDTHS = [360, 1440] as const;

for (const theme of THEMES) {
  for (const width of WIDTHS) {
    test.describe(`${theme} at ${width} px`, () => {
      test.use({
        colorScheme: theme,
        viewport: { width, height: width < 700 ? 740 : 900 },
        // A telephone: fingers want larger targets.
        hasTouch: width < 700,
        contextOptions: { reducedMotion: "reduce" },
      });
      for (const view of [...ALL_VIEWS, ...PICTURED_VIEWS]) {
        test(view.name, async ({ page }) => {
          await view.open(page);
          await page.evaluate(() => {
            window.scrollTo(0, 0);
          });
          await page.screenshot({
            path: `${FOLDER}/${view.name}-${width}-${theme}.png`,
            fullPage: true,
          });
        });
      }
    });
  }
}

test.describe("hero image", () => {
  const path = process.env.HERO_IMAGE;
  test.skip(path === undefined, "HERO_IMAGE does not say where to write it");
  test.use({ colorScheme: "light", viewport: { width: 1280, height: 1180 } });
  test("the page of a sample study", async ({ page }) => {
    await sendSample(page, "Phantom study A");
    await seeHeading(page, "Signs of a tumour");
    await page.waitForLoadState("networkidle");
    await page.screenshot({ ...(path === undefined ? {} : { path }) });
  });
});
