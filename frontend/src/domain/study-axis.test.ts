import { describe, expect, it } from "vitest";
import { aStudyInput } from "../testing/study-answers";
import { clampIndex, flipToRas, fromRasShare, toAxialAxis, toRasShare } from "./study-axis";

const UP = { count: 64, up: true };
const DOWN = { count: 64, up: false };

describe("toAxialAxis", () => {
  it.each([
    ["LPS", 2, { count: 30, up: true }],
    ["LAI", 2, { count: 30, up: false }],
    ["RIP", 1, { count: 20, up: false }],
    ["SRA", 0, { count: 10, up: true }],
  ] as const)("reads %s along axis %i", (orientation, axial_axis, axis) => {
    const input = aStudyInput({ shape: [10, 20, 30], orientation, axial_axis });
    expect(toAxialAxis(input)).toEqual(axis);
  });

  it("refuses an axis that does not run between head and feet", () => {
    const input = aStudyInput({ orientation: "LPS", axial_axis: 0 });
    expect(() => toAxialAxis(input)).toThrow("axis 0 of LPS");
  });
});

describe("the way to RAS+", () => {
  it("keeps the order of an axis that runs to the head", () => {
    expect([0, 1, 63].map((index) => flipToRas(index, UP))).toEqual([0, 1, 63]);
  });

  it("turns the order of an axis that runs to the feet", () => {
    expect([0, 1, 63].map((index) => flipToRas(index, DOWN))).toEqual([63, 62, 0]);
  });

  it("stands in the middle of a slice", () => {
    expect(toRasShare(0, UP)).toBeCloseTo(0.5 / 64);
    expect(toRasShare(0, DOWN)).toBeCloseTo(63.5 / 64);
  });

  it.each([
    [1, true],
    [2, false],
    [64, true],
    [64, false],
    [155, true],
    [155, false],
  ])("leads back to the same slice, all %i of them, up: %s", (count, up) => {
    const axis = { count, up };
    const all = Array.from({ length: count }, (_, index) => index);
    expect(all.map((index) => fromRasShare(toRasShare(index, axis), axis))).toEqual(all);
  });

  it("takes the two ends of the axis for its outermost slices", () => {
    expect([0, 1].map((share) => fromRasShare(share, UP))).toEqual([0, 63]);
    expect([0, 1].map((share) => fromRasShare(share, DOWN))).toEqual([63, 0]);
  });
});

describe("clampIndex", () => {
  it("keeps an index on the axis and whole", () => {
    expect([-3, 4.4, 99].map((index) => clampIndex(index, UP))).toEqual([0, 4, 63]);
  });
});
