import { defineConfig } from "@playwright/test";
import base from "./playwright.config";

/** `npm run screenshots`: every view in both themes and at both widths, for the eye. */
export default defineConfig({
  ...base,
  testMatch: "screenshots.ts",
  reporter: [["line"]],
});
