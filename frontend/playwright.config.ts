import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

const DEBIAN_CHROMIUM = "/usr/bin/chromium";

/** A browser of the system where there is one; else undefined, and Playwright takes its own. */
const chromium =
  process.env.CHROMIUM_PATH ?? (existsSync(DEBIAN_CHROMIUM) ? DEBIAN_CHROMIUM : undefined);

/** Runs against a stack that is up already: WEB_URL says where. */
export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  fullyParallel: true,
  workers: 2,
  forbidOnly: process.env.CI !== undefined,
  retries: process.env.CI === undefined ? 0 : 1,
  reporter: [["list"]],
  // Upper bounds for a machine that trains a model at the same time; no test waits without need.
  timeout: 90_000,
  expect: { timeout: 30_000 },
  use: {
    baseURL: process.env.WEB_URL ?? "http://127.0.0.1:5173",
    browserName: "chromium",
    trace: "on-first-retry",
    launchOptions: {
      ...(chromium === undefined ? {} : { executablePath: chromium }),
      args: ["--no-sandbox", "--disable-gpu"],
    },
  },
});
