import { describe, expect, it } from "vitest";
import { figuresWithoutTumor, someFigures } from "../testing/answers";
import { hasPlace, METRICS, ofKind, readMetric, toGroups } from "./figures";

describe("toGroups", () => {
  it("puts the model and the baseline of one source side by side, whatever their order", () => {
    const baseline = someFigures({ method: "flair_threshold" });
    const model = someFigures();
    expect(toGroups([baseline, model])).toEqual([
      expect.objectContaining({ source: "lgg", patients: 17, tumorSlices: 210, model, baseline }),
    ]);
  });

  it("keeps the order of the API", () => {
    const sources = toGroups([
      figuresWithoutTumor(),
      someFigures(),
      someFigures({ method: "flair_threshold" }),
    ]).map((group) => group.source);
    expect(sources).toEqual(["ms", "lgg"]);
  });

  it("leaves a missing method null", () => {
    const [group] = toGroups([someFigures()]);
    expect(group?.baseline).toBeNull();
  });

  it("makes nothing of nothing", () => {
    expect(toGroups([])).toEqual([]);
  });
});

describe("ofKind", () => {
  it("parts sources, sites, sizes, edges and looks by what the API calls them", () => {
    const groups = toGroups([
      someFigures(),
      someFigures({ group: "site", source: "lgg_cs" }),
      someFigures({ group: "look", source: "lgg_by_volume" }),
    ]);
    expect(ofKind(groups, "source").map(({ source }) => source)).toEqual(["lgg"]);
    expect(ofKind(groups, "site").map(({ source }) => source)).toEqual(["lgg_cs"]);
    expect(ofKind(groups, "look").map(({ source }) => source)).toEqual(["lgg_by_volume"]);
    expect(ofKind(groups, "edge")).toEqual([]);
  });

  it("keeps groups of two kinds apart, whatever their names", () => {
    expect(toGroups([someFigures(), someFigures({ group: "edge" })])).toHaveLength(2);
  });
});

describe("hasPlace", () => {
  it("is false for a model that was asked for no outline, no peak and no mirror image", () => {
    const [group] = toGroups([someFigures()]);
    expect(group && hasPlace(group)).toBe(false);
  });

  it.each([
    { dice_mean: { value: 0.8, low: 0.7, high: 0.9 } },
    { heatmap_hits: { value: 0.8, low: null, high: null } },
    { flip_change: 0 },
  ])("is true as soon as one was: %o", (changes) => {
    const [group] = toGroups([someFigures(changes)]);
    expect(group && hasPlace(group)).toBe(true);
  });
});

describe("readMetric", () => {
  it.each(METRICS)("reads $key", ({ key }) => {
    const figures = someFigures();
    expect(readMetric(figures, key)).toBe(figures[key]);
  });

  it("is null where the figure or all of them are missing", () => {
    expect(readMetric(figuresWithoutTumor(), "auroc")).toBeNull();
    expect(readMetric(null, "accuracy")).toBeNull();
  });
});
