import { describe, expect, it } from "vitest";
import { colourHeatMap, coverage } from "./heat-map";
import { inferno } from "./inferno";

describe("coverage", () => {
  it("leaves the slice bare where there is no evidence", () => {
    expect(coverage(0)).toBe(0);
    expect(coverage(0.08)).toBe(0);
  });

  it("is full where the evidence is strong", () => {
    expect(coverage(0.55)).toBe(1);
    expect(coverage(1)).toBe(1);
  });

  it("never falls as the evidence grows", () => {
    for (let step = 1; step <= 100; step += 1) {
      expect(coverage(step / 100)).toBeGreaterThanOrEqual(coverage((step - 1) / 100));
    }
  });
});

describe("colourHeatMap", () => {
  it("makes black clear and white the last colour", () => {
    const pixels = new Uint8ClampedArray([0, 0, 0, 255, 255, 255, 255, 255]);
    colourHeatMap(pixels);
    expect(pixels[3]).toBe(0);
    expect([...pixels.slice(4)]).toEqual([...inferno(1), 255]);
  });

  it("gives equal greys equal colours, wherever they lie", () => {
    const pixels = new Uint8ClampedArray([100, 100, 100, 255, 7, 7, 7, 255, 100, 100, 100, 255]);
    colourHeatMap(pixels);
    expect(pixels.slice(0, 4)).toEqual(pixels.slice(8, 12));
    expect(pixels.slice(0, 4)).not.toEqual(pixels.slice(4, 8));
  });
});
