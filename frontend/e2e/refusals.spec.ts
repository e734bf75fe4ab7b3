import { expect, test } from "@playwright/test";
import type { Prediction, Problem } from "../src/api/wire";
import { toReaderWords } from "../src/domain/api-words";
import { drawFile } from "./pictures";
import { sendFile, sendSample, tabTo, VERDICT } from "./views";

const PREDICT = "**/api/predict*";

for (const picture of ["noise", "page of text"] as const) {
  test(`a ${picture} is refused with the reason, and answered with a warning when insisted on`, async ({
    page,
  }) => {
    const refused = page.waitForResponse(PREDICT);
    await sendFile(page, "slice.png", await drawFile(page, picture));
    const response = await refused;
    const problem = (await response.json()) as Problem;
    expect(response.status()).toBe(422);
    expect(problem).toMatchObject({ code: "not_brain_mr", forceable: true });
    await expect(
      page.getByRole("heading", { name: "This was not taken for MR of a brain" }),
    ).toBeFocused();
    await expect(page.getByRole("alert")).toContainText(toReaderWords(problem.detail));
    await expect(page.getByRole("heading", { name: VERDICT })).toBeHidden();

    const forced = page.waitForResponse(PREDICT);
    await tabTo(page, page.getByRole("button", { name: "Use it anyway" }));
    await page.keyboard.press("Enter");
    const second = await forced;
    expect(new URL(second.url()).searchParams.get("force")).toBe("true");
    expect(second.status()).toBe(200);
    const { warnings } = (await second.json()) as Prediction;
    const [warning = ""] = warnings.filter((sentence) => sentence.includes("not_brain_mr"));
    expect(warning).not.toBe("");
    await expect(page.getByRole("heading", { name: VERDICT })).toBeFocused();
    const alert = page.getByRole("alert");
    await expect(alert).toContainText("Refused at first, answered because you insisted");
    await expect(alert).toContainText(toReaderWords(warning));
  });
}

test("who insisted once has not insisted on the next slice", async ({ page }) => {
  await sendFile(page, "slice.png", await drawFile(page, "noise"));
  await page.getByRole("button", { name: "Use it anyway" }).click();
  await page.getByRole("button", { name: "Another slice" }).click();
  const next = page.waitForRequest(PREDICT);
  await page.getByRole("button", { name: "Phantom 1" }).click();
  expect(new URL((await next).url()).searchParams.has("force")).toBe(false);
  await expect(page.getByRole("heading", { name: VERDICT })).toBeVisible();
  await expect(page.getByRole("alert")).toBeHidden();
});

test("a slice that is not refused is not warned of", async ({ page }) => {
  await sendSample(page, "Phantom 1");
  await expect(page.getByRole("heading", { name: VERDICT })).toBeVisible();
  await expect(page.getByRole("button", { name: "Use it anyway" })).toBeHidden();
  await expect(page.getByText(/because you insisted/)).toBeHidden();
});
