import { describe, expect, it } from "vitest";
import { dragWindow, fromShares, toShares, toWindowPresets } from "./intensity-window";

/** Air for the most part, tissue from 100 to 199, one bright voxel. */
function someVoxels(): Float32Array {
  const voxels = new Float32Array(4_000);
  for (let at = 0; at < 1_000; at += 1) voxels[at] = 100 + (at % 100);
  voxels[1_500] = 900;
  return voxels;
}

describe("toWindowPresets", () => {
  it("leaves a single bright voxel out of auto and takes it into wide", () => {
    const { auto, wide } = toWindowPresets(someVoxels());
    expect(auto).toEqual({ low: 0, high: 199 });
    expect(wide).toEqual({ low: 0, high: 900 });
  });

  it("centres brain on tissue, half as wide as auto, whatever the share of air", () => {
    const { auto, brain } = toWindowPresets(someVoxels());
    expect((brain.low + brain.high) / 2).toBeCloseTo(150, 0);
    expect(brain.high - brain.low).toBeCloseTo((auto.high - auto.low) / 2);
  });

  it("works for values from 0 to 1 as for any other unit", () => {
    const { brain } = toWindowPresets(someVoxels().map((value) => value / 900));
    expect((brain.low + brain.high) / 2).toBeCloseTo(150 / 900, 2);
  });

  it("still has a width where all voxels are one value or none is finite", () => {
    for (const voxels of [
      new Float32Array(10),
      new Float32Array(10).fill(NaN),
      new Float32Array(),
    ]) {
      const { auto, brain, wide } = toWindowPresets(voxels);
      for (const { low, high } of [auto, brain, wide]) expect(high).toBeGreaterThan(low);
    }
  });
});

describe("dragWindow", () => {
  const window = { low: 100, high: 300 };

  it("widens to the right and narrows to the left about one level", () => {
    expect(dragWindow(window, 180, 0)).toEqual({ low: 0, high: 400 });
    expect(dragWindow(window, -180, 0)).toEqual({ low: 150, high: 250 });
  });

  it("raises the level upwards without a change of width", () => {
    expect(dragWindow(window, 0, 150)).toEqual({ low: 200, high: 400 });
  });

  it("never turns the window inside out", () => {
    const { low, high } = dragWindow(window, -5_000, 0);
    expect(high).toBeGreaterThan(low);
  });
});

describe("shares", () => {
  it("lead back to the same window", () => {
    const reference = { low: -50, high: 950 };
    const window = { low: 100, high: 300 };
    const back = fromShares(toShares(window, reference), reference);
    expect(back.low).toBeCloseTo(window.low);
    expect(back.high).toBeCloseTo(window.high);
  });

  it("keep a width at the bottom of a slider", () => {
    const { low, high } = fromShares({ level: 0.5, width: 0 }, { low: 0, high: 100 });
    expect(high).toBeGreaterThan(low);
  });
});
