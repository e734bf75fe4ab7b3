import { describe, expect, it } from "vitest";
import { figuresWithoutTumor, someFigures } from "../testing/answers";
import { groupBySource, METRICS, partVariants, readMetric } from "./figures";

describe("groupBySource", () => {
  it("puts the model and the baseline of one source side by side, whatever their order", () => {
    const baseline = someFigures({ method: "flair_threshold" });
    const model = someFigures();
    expect(groupBySource([baseline, model])).toEqual([
      expect.objectContaining({ source: "lgg", patients: 17, tumorSlices: 210, model, baseline }),
    ]);
  });

  it("keeps the order of the API", () => {
    const sources = groupBySource([
      figuresWithoutTumor(),
      someFigures(),
      someFigures({ method: "flair_threshold" }),
    ]).map((group) => group.source);
    expect(sources).toEqual(["ms", "lgg"]);
  });

  it("leaves a missing method null", () => {
    const [group] = groupBySource([someFigures()]);
    expect(group?.baseline).toBeNull();
  });

  it("makes nothing of nothing", () => {
    expect(groupBySource([])).toEqual([]);
  });
});

describe("partVariants", () => {
  it("tells a source from the same slices prepared in another way", () => {
    const groups = groupBySource([
      someFigures(),
      figuresWithoutTumor(),
      someFigures({ source: "lgg_by_volume" }),
    ]);
    const { sources, variants } = partVariants(groups);
    expect(sources.map(({ source }) => source)).toEqual(["lgg", "ms"]);
    expect(variants.map(({ source }) => source)).toEqual(["lgg_by_volume"]);
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
