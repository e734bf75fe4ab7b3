import { describe, expect, it } from "vitest";
import { figuresWithoutTumor, someFigures } from "../testing/answers";
import { groupBySource, METRICS, readMetric } from "./figures";

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
