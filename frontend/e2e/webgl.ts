import type { Page } from "@playwright/test";
import config from "../playwright.config";

/** A browser that draws WebGL without a graphics card: slow, and the same as with one. */
export const SOFTWARE_WEBGL = {
  ...config.use?.launchOptions,
  args: [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
  ],
};

/** How long a volume may take until it is drawn by the processor. */
export const VOLUME_MS = 180_000;

/** Take WebGL 2 from a page, as on a locked-down machine, in a browser that has it. */
export async function withoutWebGl(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const prototype = HTMLCanvasElement.prototype as {
      getContext: (this: HTMLCanvasElement, kind: string, options?: unknown) => unknown;
    };
    const getContext = prototype.getContext;
    prototype.getContext = function (kind, options) {
      return kind === "webgl2" ? null : getContext.call(this, kind, options);
    };
  });
}
