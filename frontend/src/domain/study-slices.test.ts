import { describe, expect, it } from "vitest";
import { aStudy, aVolumeLesion, someSlices } from "../testing/study-answers";
import {
  countLabels,
  describeFinding,
  firstSlice,
  moveByKey,
  nextTumorSlice,
  previousTumorSlice,
  toRuns,
} from "./study-slices";

const SLICES = someSlices([null, 0.1, 0.9, 0.95, 0.45, 0.1, 0.8, null]);

describe("firstSlice", () => {
  it("is the one with the largest area", () => {
    expect(firstSlice(aStudy({ lesion: aVolumeLesion({ slice_of_largest_area: 5 }) }))).toBe(5);
  });

  it("is the most suspicious where nothing is outlined", () => {
    expect(firstSlice(aStudy({ slices: SLICES, lesion: null }))).toBe(3);
  });

  it("is the middle where every slice is empty", () => {
    expect(firstSlice(aStudy({ slices: someSlices([null, null, null]), lesion: null }))).toBe(1);
  });
});

describe("the way from tumour slice to tumour slice", () => {
  it("goes forth over slices without tumour", () => {
    expect(nextTumorSlice(SLICES, 0)).toBe(2);
    expect(nextTumorSlice(SLICES, 3)).toBe(6);
    expect(nextTumorSlice(SLICES, 6)).toBeNull();
  });

  it("goes back", () => {
    expect(previousTumorSlice(SLICES, 7)).toBe(6);
    expect(previousTumorSlice(SLICES, 6)).toBe(3);
    expect(previousTumorSlice(SLICES, 2)).toBeNull();
  });
});

describe("describeFinding", () => {
  it.each([
    [0, "empty, not judged"],
    [1, "no sign of a tumour, probability 10%"],
    [2, "signs of a tumour, probability 90%"],
    [4, "uncertain, probability 45%"],
  ])("says slice %i in words", (index, words) => {
    const slice = SLICES[index];
    expect(slice && describeFinding(slice)).toBe(words);
  });
});

describe("describeFinding, beside the marks of the strip", () => {
  it("has a decimal where it would read the same as one of them", () => {
    const slice = { index: 1, label: "no_tumor", probability: 0.138 } as const;
    expect(describeFinding(slice, 0.1404, 0.32, 0.4496)).toBe(
      "no sign of a tumour, probability 13.8%",
    );
  });
});

describe("moveByKey", () => {
  const axis = { count: 30, up: true };
  it.each([
    ["ArrowRight", 16],
    ["ArrowUp", 16],
    ["ArrowLeft", 14],
    ["ArrowDown", 14],
    ["PageUp", 25],
    ["PageDown", 5],
    ["Home", 0],
    ["End", 29],
  ])("%s goes from slice 15 to %i", (key, target) => {
    expect(moveByKey(key, 15, axis)).toBe(target);
  });

  it("stays on the axis, and leaves other keys alone", () => {
    expect(moveByKey("PageUp", 28, axis)).toBe(29);
    expect(moveByKey("ArrowLeft", 0, axis)).toBe(0);
    expect(moveByKey("a", 15, axis)).toBeNull();
  });
});

describe("runs and counts", () => {
  it("gathers neighbours with one label", () => {
    expect(toRuns(SLICES).map(({ label, first, last }) => [label, first, last])).toEqual([
      ["empty", 0, 0],
      ["no_tumor", 1, 1],
      ["tumor", 2, 3],
      ["uncertain", 4, 4],
      ["no_tumor", 5, 5],
      ["tumor", 6, 6],
      ["empty", 7, 7],
    ]);
  });

  it("counts each label", () => {
    expect(countLabels(SLICES)).toEqual({ tumor: 3, no_tumor: 2, uncertain: 1, empty: 2 });
  });
});
