import { render, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { MASK } from "../testing/answers";
import { OutlineOverlay } from "./outline-overlay";

/** A canvas that decodes every image to a grid of 4 x 3 pixels with these red values. */
function decodeTo(...reds: number[]): void {
  vi.spyOn(HTMLImageElement.prototype, "naturalWidth", "get").mockReturnValue(4);
  vi.spyOn(HTMLImageElement.prototype, "naturalHeight", "get").mockReturnValue(3);
  const data = Uint8ClampedArray.from(reds.flatMap((red) => [red, red, red, 255]));
  const context = { drawImage: () => undefined, getImageData: () => ({ data }) };
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(
    context as unknown as CanvasRenderingContext2D,
  );
}

describe("OutlineOverlay", () => {
  it("draws the mask's edge as a vector on the mask's own grid", async () => {
    decodeTo(0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0, 0);
    render(<OutlineOverlay source={MASK} />);
    const drawing = await screen.findByRole("img", { name: "Outline of the lesion" });
    expect(drawing).toHaveAttribute("viewBox", "0 0 4 3");
    expect(drawing.querySelector("path")?.getAttribute("d")).toMatch(/^M.+Z$/);
  });

  it("draws a dark rim under the bright line, both as wide at any zoom", async () => {
    decodeTo(0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0, 0);
    render(<OutlineOverlay source={MASK} />);
    const drawing = await screen.findByRole("img");
    const strokes = [...drawing.querySelectorAll("path[stroke-width]")];
    expect(strokes.map((path) => Number(path.getAttribute("stroke-width")))).toEqual([4.5, 2]);
    for (const path of strokes) {
      expect(path).toHaveAttribute("vector-effect", "non-scaling-stroke");
    }
  });

  it("says so when the browser gives no canvas", async () => {
    render(<OutlineOverlay source={MASK} />);
    expect(await screen.findByRole("alert")).toHaveTextContent("The outline could not be drawn.");
  });

  it("says so when the picture cannot be decoded", async () => {
    HTMLImageElement.prototype.decode = () => Promise.reject(new Error("bad image"));
    render(<OutlineOverlay source="data:image/png;base64,AAAA" />);
    expect(await screen.findByRole("alert")).toBeVisible();
  });
});
