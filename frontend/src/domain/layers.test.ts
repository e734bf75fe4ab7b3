import { describe, expect, it } from "vitest";
import { aLesion, aPrediction, MASK, WITHHELD } from "../testing/answers";
import { firstLayer, offerLayers } from "./layers";

const outlined = aPrediction({ mask: MASK, lesion: aLesion() });
const nothingOutlined = aPrediction({ mask: MASK, lesion: null });
const classified = aPrediction({ outputs_withheld: [WITHHELD.mask] });

describe("offerLayers", () => {
  it("offers all where all came", () => {
    expect(offerLayers(outlined)).toEqual({ layers: ["outline", "heat_map", "none"], missing: [] });
  });

  it("passes on why a model outlines nothing", () => {
    const { layers, missing } = offerLayers(classified);
    expect(layers).toEqual(["heat_map", "none"]);
    expect(missing).toEqual([`No outline: ${WITHHELD.mask.detail}`]);
  });

  it("tells an empty outline from one that did not come", () => {
    expect(offerLayers(nothingOutlined).missing[0]).toMatch(/found no lesion/);
    expect(offerLayers(aPrediction()).missing).toEqual(["No outline came with this result."]);
  });

  it("does without a heat map", () => {
    const bare = { ...classified };
    Reflect.deleteProperty(bare, "heatmap");
    expect(offerLayers(bare)).toMatchObject({
      layers: ["none"],
      missing: [expect.anything(), "No heat map: this model gives none."],
    });
  });
});

describe("firstLayer", () => {
  it("is the outline where a lesion is outlined", () => {
    expect(firstLayer(outlined, null)).toBe("outline");
  });

  it.each([
    ["tumor", "heat_map"],
    ["uncertain", "heat_map"],
    ["no_tumor", "none"],
  ] as const)("without an outline, for %s, is %s", (label, layer) => {
    expect(firstLayer(aPrediction({ label }), null)).toBe(layer);
  });

  it("is the reader's last choice where this slice has it", () => {
    expect(firstLayer(outlined, "none")).toBe("none");
    expect(firstLayer(aPrediction({ label: "no_tumor" }), "heat_map")).toBe("heat_map");
    expect(firstLayer(classified, "outline")).toBe("heat_map");
  });
});
