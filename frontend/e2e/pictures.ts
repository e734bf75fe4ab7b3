import type { Page } from "@playwright/test";

/** Pictures that are no FLAIR slice of a brain; the browser draws them. */
export type Picture = "noise" | "page of text";

/** Draw a picture of 256 x 256 px as the bytes of a PNG file. */
export async function drawFile(page: Page, picture: Picture): Promise<Buffer> {
  const url = await page.evaluate((what) => {
    const canvas = document.createElement("canvas");
    const side = (canvas.width = canvas.height = 256);
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("this browser draws no canvas");
    context.fillStyle = "white";
    context.fillRect(0, 0, side, side);
    switch (what) {
      case "noise": {
        const pixels = context.getImageData(0, 0, side, side);
        let state = 1;
        for (let at = 0; at < pixels.data.length; at += 4) {
          // Numerical Recipes' generator: the same noise in every run.
          state = (1664525 * state + 1013904223) % 2 ** 32;
          pixels.data.fill(state >>> 24, at, at + 3);
        }
        context.putImageData(pixels, 0, 0);
        break;
      }
      case "page of text":
        context.fillStyle = "black";
        context.font = "12px sans-serif";
        for (let y = 32; y < side - 20; y += 16) {
          context.fillText("This page is no slice of anything.", 24, y);
        }
        break;
    }
    return canvas.toDataURL("image/png");
  }, picture);
  const [, base64 = ""] = url.split(",");
  return Buffer.from(base64, "base64");
}
