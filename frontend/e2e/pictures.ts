import type { Page } from "@playwright/test";

/** Pictures that are no FLAIR slice of a brain, and a mask; the browser draws them. */
export type Picture = "noise" | "page of text" | "mask";

/** Draw a picture of 256 x 256 px as a PNG data URL. */
export async function drawPicture(page: Page, picture: Picture): Promise<string> {
  return page.evaluate((what) => {
    const canvas = document.createElement("canvas");
    const side = (canvas.width = canvas.height = 256);
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("this browser draws no canvas");
    context.fillStyle = what === "mask" ? "black" : "white";
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
      case "mask":
        context.fillStyle = "white";
        context.beginPath();
        context.ellipse(159, 104, 30, 42, 0.5, 0, 2 * Math.PI);
        context.fill();
    }
    return canvas.toDataURL("image/png");
  }, picture);
}

/** The same as the bytes of a file. */
export async function drawFile(page: Page, picture: Picture): Promise<Buffer> {
  const [, base64 = ""] = (await drawPicture(page, picture)).split(",");
  return Buffer.from(base64, "base64");
}
