import { expect, type Locator, type Page, type Route } from "@playwright/test";
import type { Job } from "../src/api/study-types";
import { holdJob } from "./hold-job";
import { drawFile } from "./pictures";

export interface View {
  name: string;
  open: (page: Page) => Promise<void>;
}

const PREDICT = "**/api/predict*";
const MODELS = "**/api/models";
const HEALTH = "**/api/health";

/** Answer in the one shape that every error of the API has. */
export async function refuse(
  route: Route,
  status: number,
  code: string,
  detail: string,
): Promise<void> {
  await route.fulfill({
    status,
    contentType: "application/problem+json",
    body: JSON.stringify({
      type: "about:blank",
      title: code,
      status,
      detail,
      code,
      forceable: false,
      request_id: "5f0c4a9e2b7d",
    }),
  });
}

export async function stopApi(page: Page): Promise<void> {
  await page.route("**/api/**", (route) => route.abort("connectionrefused"));
}

export async function sendSample(page: Page, title: string): Promise<void> {
  await page.goto("/predict");
  await page.getByRole("button", { name: title }).click();
}

export async function sendFile(page: Page, name: string, bytes: Buffer): Promise<void> {
  await page.goto("/predict");
  await page
    .getByLabel("Files to analyse")
    .setInputFiles({ name, mimeType: "image/png", buffer: bytes });
}

export const TEXT_FILE = Buffer.from("This is text, whatever its name says.\n");

export const VERDICT = /Signs of a tumour|No sign of a tumour|Uncertain/;

export async function seeHeading(page: Page, name: string | RegExp): Promise<void> {
  await expect(page.getByRole("heading", { name })).toBeVisible();
}

/** Wait for a result with what lies over its slice: an outline, a heat map, or by choice nothing. */
export async function seeResult(page: Page, verdict: string | RegExp): Promise<void> {
  await seeHeading(page, verdict);
  await expect(page.getByRole("img", { name: /^The slice/ })).toBeVisible();
  const nothing = page.getByRole("radio", { name: "None", checked: true });
  await expect(page.locator("[data-state=drawn]").or(nothing)).toBeVisible();
}

/** Choose the heat map of a result, whatever lies over the slice, and return it. */
export async function showHeatMap(page: Page): Promise<Locator> {
  await page.getByRole("radio", { name: "Heat map" }).check();
  const heatMap = page.locator("canvas[data-state=drawn]");
  await expect(heatMap).toBeVisible();
  return heatMap;
}

const MOST_STOPS = 40;

/** Press Tab until the element has the focus, as somebody without a mouse would. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let stop = 0; stop < MOST_STOPS; stop += 1) {
    await page.keyboard.press("Tab");
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`no way by Tab to ${target.toString()}`);
}

async function openFailure(
  page: Page,
  heading: string,
  answer: (route: Route) => Promise<void>,
): Promise<void> {
  await page.route(PREDICT, answer);
  await sendSample(page, "Phantom 1");
  await seeHeading(page, heading);
}

const NO_FLAIR =
  "The upload holds 3 volumes, and none is FLAIR by its name or its times: 1: T1, 24 slices of 256 x 256, 0.9 x 0.9 x 5 mm; 2: T2, 24 slices of 512 x 512, 0.45 x 0.45 x 5 mm; 3: unknown sequence, 3 slices of 256 x 256 that make no volume. Name the FLAIR with series=N.";

/** A job that has failed with this reason. */
export function failed(code: string, detail: string, forceable = false): Partial<Job> {
  const ended_at = "2026-11-24T16:00:02Z";
  return { state: "failed", stage: "done", ended_at, error: { code, detail, forceable } };
}

export const VIEWS: readonly View[] = [
  {
    name: "landing",
    open: async (page) => {
      await page.goto("/");
      await expect(page.getByText(/All figures|No figures/)).toBeVisible();
      await expect(page.locator("[data-state=drawn]")).toHaveCount(2);
    },
  },
  {
    name: "landing-figures-missing",
    open: async (page) => {
      await stopApi(page);
      await page.goto("/");
      await expect(page.getByText("The measured figures could not be loaded.")).toBeVisible();
    },
  },
  {
    name: "predict",
    open: async (page) => {
      await page.goto("/predict");
      await expect(page.getByText("ready")).toBeVisible();
    },
  },
  {
    name: "predict-uploading",
    open: async (page) => {
      // Never answered: the view stays until the page goes away.
      await page.route(PREDICT, () => undefined);
      await sendSample(page, "Phantom 1");
      await expect(page.getByRole("button", { name: "Cancel" })).toBeVisible();
    },
  },
  {
    name: "study-sending",
    open: async (page) => {
      // Never answered: the view stays until the page goes away.
      await page.route("**/api/jobs", () => undefined);
      await sendSample(page, "Phantom study A");
      await seeHeading(page, "Sending the study");
    },
  },
  {
    name: "study-queued",
    open: async (page) => {
      await holdJob(page, { state: "queued", stage: "waiting", progress: 0, slices_total: 0 });
      await sendSample(page, "Phantom study A");
      await seeHeading(page, "The study has arrived");
    },
  },
  {
    name: "study-running",
    open: async (page) => {
      await holdJob(page, { attempts: 2 });
      await sendSample(page, "Phantom study A");
      await seeHeading(page, "Analysing the study");
    },
  },
  {
    name: "study-which-series",
    open: async (page) => {
      await holdJob(page, failed("no_flair_series", NO_FLAIR));
      await sendSample(page, "Phantom study A");
      await seeHeading(page, "Which series is the FLAIR?");
    },
  },
  {
    name: "study-refused",
    open: async (page) => {
      const detail = "The file says that it is CT; MR of a brain was expected. Send a FLAIR study.";
      await holdJob(page, failed("not_brain_mr", detail, true));
      await sendSample(page, "Phantom study A");
      await seeHeading(page, "This was not taken for MR of a brain");
    },
  },
  {
    name: "study-gone",
    open: async (page) => {
      await page.goto("/studies/0123456789abcdef0123456789abcdef");
      await seeHeading(page, "This study is no longer there");
    },
  },
  {
    name: "history-empty",
    open: async (page) => {
      await page.goto("/history");
      await expect(page.getByText("Nothing was asked in this browser yet")).toBeVisible();
    },
  },
  {
    name: "history",
    open: async (page) => {
      await holdJob(page);
      await sendSample(page, "Phantom study A");
      await seeHeading(page, "Analysing the study");
      await sendSample(page, "Phantom 1");
      await seeResult(page, VERDICT);
      await sendFile(
        page,
        "a-file-with-a-very-long-name-as-archives-give-them.png",
        await drawFile(page, "noise"),
      );
      await page.getByRole("button", { name: "Use it anyway" }).click();
      await seeResult(page, VERDICT);
      await page.getByRole("link", { name: "History" }).click();
      await expect(page.getByRole("listitem")).toHaveCount(3);
      await page.getByRole("button", { name: "Erase all" }).click();
    },
  },
  {
    name: "result-tumor",
    open: async (page) => {
      await sendSample(page, "Phantom 1");
      await seeResult(page, VERDICT);
    },
  },
  {
    name: "result-normal",
    open: async (page) => {
      await sendSample(page, "Phantom 3");
      await seeResult(page, VERDICT);
    },
  },
  {
    name: "result-heat-map",
    open: async (page) => {
      await sendSample(page, "Phantom 1");
      await showHeatMap(page);
    },
  },
  {
    name: "result-forced",
    open: async (page) => {
      await sendFile(page, "noise.png", await drawFile(page, "noise"));
      await page.getByRole("button", { name: "Use it anyway" }).click();
      await seeResult(page, VERDICT);
    },
  },
  {
    name: "result-uncertain",
    open: async (page) => {
      await page.route(PREDICT, async (route) => {
        const response = await route.fetch();
        const answer = (await response.json()) as Record<string, unknown>;
        const changed = {
          label: "uncertain",
          probability: 0.44,
          threshold: 0.41,
          uncertain_band: { low: 0.33, high: 0.52 },
          uncertain: { reason: "probability_in_band", detail: "The probability lies in the band." },
          warnings: ["The slice is in colour; its channels were averaged to grey."],
        };
        await route.fulfill({ response, json: { ...answer, ...changed } });
      });
      await sendSample(page, "Phantom 2");
      await seeResult(page, "Uncertain");
      await page.getByText("Show JSON").click();
    },
  },
  {
    name: "failed-api-down",
    open: async (page) => {
      await page.goto("/predict");
      await stopApi(page);
      await page.getByRole("button", { name: "Phantom 1" }).click();
      await seeHeading(page, "The service does not answer");
    },
  },
  {
    name: "failed-not-ready",
    open: async (page) => {
      await page.route(HEALTH, (route) =>
        route.fulfill({ json: { status: "starting", model: null, versions: {}, uptime_s: 1 } }),
      );
      await openFailure(page, "The service is not ready yet", (route) =>
        refuse(route, 503, "not_ready", "The model is still loading; try again in a few seconds."),
      );
    },
  },
  {
    name: "failed-refused",
    open: async (page) => {
      await sendFile(page, "slice.png", TEXT_FILE);
      await seeHeading(page, "This is not a format that the model reads");
    },
  },
  {
    name: "failed-not-brain",
    open: async (page) => {
      await sendFile(page, "noise.png", await drawFile(page, "noise"));
      await seeHeading(page, "This was not taken for MR of a brain");
    },
  },
  {
    name: "failed-too-large",
    open: (page) =>
      openFailure(page, "This is too large", (route) =>
        route.fulfill({ status: 413, contentType: "text/html", body: "<h1>413</h1>" }),
      ),
  },
  {
    name: "failed-unknown",
    open: (page) =>
      openFailure(page, "Something went wrong in the service", (route) =>
        refuse(route, 500, "internal", "The service failed while it worked on this request."),
      ),
  },
  {
    name: "model",
    open: async (page) => {
      await page.goto("/model");
      await seeHeading(page, "Licence");
    },
  },
  {
    name: "model-second",
    open: async (page) => {
      await page.goto("/model");
      const choice = page.getByRole("navigation", { name: "Models" });
      await choice.getByRole("link").nth(1).click();
      await expect(page.getByText("FLAIR, T1c, T2").first()).toBeVisible();
      await expect(page.getByRole("heading", { name: "Licence" })).toHaveCount(1);
    },
  },
  {
    name: "model-missing",
    open: async (page) => {
      await page.route(MODELS, (route) => route.fulfill({ status: 502, body: "Bad Gateway" }));
      await page.goto("/model");
      await expect(page.getByText("could not be loaded.")).toBeVisible();
    },
  },
  {
    name: "not-found",
    open: async (page) => {
      await page.goto("/no-such-page");
      await seeHeading(page, "There is no page here");
    },
  },
];
