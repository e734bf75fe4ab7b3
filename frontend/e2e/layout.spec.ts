import { expect, test } from "@playwright/test";

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
