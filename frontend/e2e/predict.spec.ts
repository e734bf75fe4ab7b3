import { truncate, writeFile } from "node:fs/promises";
import { expect, test } from "@playwright/test";
import type { Prediction } from "../src/api/wire";
import { sendFile, sendSample, showHeatMap, stopApi, TEXT_FILE, VERDICT } from "./views";

const PREDICT = "**/api/predict?explain=true&mask=true";

test("a phantom with a lesion is called a tumour, with a whole result", async ({ page }) => {
  await sendSample(page, "Phantom 1");
  await expect(page.getByRole("heading", { name: "Signs of a tumour" })).toBeFocused();
  await expect(page.getByRole("img", { name: /^Probability \S+ on a line/ })).toBeVisible();
  await expect(page.getByRole("img", { name: "The slice tumor-1.png" })).toBeVisible();
  await expect(page.locator("[data-state=drawn]")).toBeVisible();
  await expect(page.getByText("256 × 256 px")).toBeVisible();
  await expect(
    page.getByRole("main").getByText("Research use only. Not a medical device."),
  ).toBeVisible();
});

test("a phantom without a lesion is called free of one, and its file is the one shown", async ({
  page,
}) => {
  await sendSample(page, "Phantom 3");
  await expect(page.getByRole("heading", { name: "No sign of a tumour" })).toBeVisible();
  await expect(page.getByRole("img", { name: "The slice normal-1.png" })).toBeVisible();
});

test("the probability is the one that the API gave", async ({ page }) => {
  const answer = page.waitForResponse(PREDICT);
  await sendSample(page, "Phantom 1");
  const { probability } = (await (await answer).json()) as { probability: number };
  await page.getByText("Show JSON").click();
  await expect(page.getByRole("region", { name: "Prediction as JSON" })).toContainText(
    `"probability": ${probability}`,
  );
});

test("measures in millimetres stand in one line, with pixels under them or not", async ({
  page,
}) => {
  await page.route(PREDICT, async (route) => {
    const answer = await route.fetch();
    const prediction = (await answer.json()) as Prediction;
    const lesion = { ...prediction.lesion, area_mm2: 1728, longest_diameter_mm: 52 };
    await route.fulfill({ response: answer, json: { ...prediction, lesion } });
  });
  await sendSample(page, "Phantom 1");
  const measures = page.getByRole("region", { name: "Outlined lesion" }).getByRole("definition");
  await expect(measures).toHaveText([/^1,728 mm²/, /^52 mm/, "1"]);
  const tops = await measures.evaluateAll((values) =>
    values.map((value) => value.getBoundingClientRect().top),
  );
  expect(new Set(tops).size).toBe(1);
});

test("the opacity slider fades the heat map and leaves the slice", async ({ page }) => {
  await sendSample(page, "Phantom 1");
  const heatMap = await showHeatMap(page);
  await expect(heatMap).toHaveCSS("opacity", "0.65");
  await page.getByRole("slider", { name: "Heat map opacity" }).fill("0");
  await expect(heatMap).toHaveCSS("opacity", "0");
  await expect(page.getByRole("img", { name: "The slice tumor-1.png" })).toHaveCSS("opacity", "1");
});

test("text with the name of a picture is refused with the API's reason", async ({ page }) => {
  const answer = page.waitForResponse(PREDICT);
  await sendFile(page, "slice.png", TEXT_FILE);
  const { detail } = (await (await answer).json()) as { detail: string };
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("This is not a format that the model reads");
  await expect(alert).toContainText(detail);
  await page.getByRole("button", { name: "Choose other files" }).click();
  await expect(page.getByRole("button", { name: "Choose files" })).toBeVisible();
});

test("a file over the limit is refused as too large", async ({ page }, testInfo) => {
  const path = testInfo.outputPath("slice.png");
  await writeFile(path, "");
  await truncate(path, 140_000_000);
  await page.goto("/predict");
  await page.getByLabel("Files to analyse").setInputFiles(path);
  await expect(page.getByRole("heading", { name: "This is too large" })).toBeVisible();
});

test("an empty file is refused", async ({ page }) => {
  await sendFile(page, "slice.png", Buffer.alloc(0));
  await expect(page.getByRole("heading", { name: "The file is empty" })).toBeVisible();
});

test("the slice is kept while the API is down and sent when it is back", async ({ page }) => {
  await page.goto("/predict");
  await stopApi(page);
  await page.getByRole("button", { name: "Phantom 1" }).click();
  await expect(page.getByRole("heading", { name: "The service does not answer" })).toBeFocused();
  await expect(page.getByText("Service not reachable")).toBeVisible();
  await page.unrouteAll();
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { name: VERDICT })).toBeVisible();
});

test("a dead proxy is told as a service that does not answer", async ({ page }) => {
  await page.route("**/api/predict*", (route) =>
    route.fulfill({ status: 502, contentType: "text/html", body: "<h1>502 Bad Gateway</h1>" }),
  );
  await sendSample(page, "Phantom 1");
  await expect(page.getByRole("heading", { name: "The service does not answer" })).toBeVisible();
});

test("cancel aborts the upload", async ({ page }) => {
  await page.route("**/api/predict*", () => undefined);
  const failed = page.waitForEvent("requestfailed");
  await sendSample(page, "Phantom 1");
  await page.getByRole("button", { name: "Cancel" }).click();
  expect((await failed).failure()?.errorText).toContain("ABORTED");
  await expect(page.getByRole("button", { name: "Choose files" })).toBeVisible();
});

test("a picture can be pasted", async ({ page }) => {
  await page.goto("/predict");
  await expect(page.getByRole("button", { name: "Choose files" })).toBeVisible();
  await page.evaluate(async () => {
    const picture = await (await fetch("/samples/normal-1.png")).blob();
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([picture], "pasted.png", { type: "image/png" }));
    document.dispatchEvent(new ClipboardEvent("paste", { clipboardData }));
  });
  await expect(page.getByRole("heading", { name: VERDICT })).toBeVisible();
  await expect(page.getByRole("img", { name: "The slice pasted.png" })).toBeVisible();
});
