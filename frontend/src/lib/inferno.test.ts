import { describe, expect, it } from "vitest";
import { inferno, infernoGradient } from "./inferno";

/** Relative luminance, good enough to order colours. */
function luminance(value: number): number {
  const [red, green, blue] = inferno(value);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe("inferno", () => {
  // Values of matplotlib's inferno; the polynomial stays within a few levels of them.
  it.each([
    [0, [0, 0, 4]],
    [0.25, [87, 16, 110]],
    [0.5, [188, 55, 84]],
    [0.75, [249, 142, 9]],
    [1, [252, 255, 164]],
  ])("is close to matplotlib at %d", (value, expected) => {
    inferno(value).forEach((channel, index) => {
      expect(Math.abs(channel - (expected[index] ?? 0))).toBeLessThanOrEqual(6);
    });
  });

  it("grows lighter all the way, so that it reads without colour", () => {
    const steps = Array.from({ length: 51 }, (_, index) => luminance(index / 50));
    for (const [index, step] of steps.slice(1).entries()) {
      expect(step).toBeGreaterThanOrEqual((steps[index] ?? 0) - 0.5);
    }
  });

  it("holds values outside [0, 1] at its ends", () => {
    expect(inferno(-3)).toEqual(inferno(0));
    expect(inferno(7)).toEqual(inferno(1));
  });
});

describe("infernoGradient", () => {
  it("runs from the first colour to the last", () => {
    const gradient = infernoGradient(3);
    expect(gradient.match(/rgb\(/g)).toHaveLength(3);
    expect(gradient).toContain(`rgb(${inferno(0).join(" ")})`);
    expect(gradient).toContain(`rgb(${inferno(1).join(" ")})`);
  });
});
