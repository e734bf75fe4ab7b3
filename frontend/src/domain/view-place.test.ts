import { describe, expect, it } from "vitest";
import { keepInRange, toPlaceSliders } from "./view-place";

const PLACE = { sagittal: 3, coronal: 0, azimuth: -10.4, elevation: 20 };
const COUNTS = { sagittal: 8, coronal: 10 };

describe("toPlaceSliders", () => {
  it("has none for the axial plane, whose slices have the strip", () => {
    expect(toPlaceSliders("axial", PLACE, COUNTS)).toEqual([]);
  });

  it("counts slices from one, in the volume's own number", () => {
    expect(toPlaceSliders("sagittal", PLACE, COUNTS)).toEqual([
      { part: "sagittal", label: "Sagittal slice", min: 0, max: 7, shown: "4 of 8, from the left" },
    ]);
    expect(toPlaceSliders("coronal", PLACE, COUNTS)).toEqual([
      { part: "coronal", label: "Coronal slice", min: 0, max: 9, shown: "1 of 10, from the back" },
    ]);
  });

  it("has two where two planes are beside the axial one, and for a head that turns", () => {
    const parts = (plane: "all" | "volume") =>
      toPlaceSliders(plane, PLACE, COUNTS).map(({ part, shown }) => [part, shown]);
    expect(parts("all").map(([part]) => part)).toEqual(["coronal", "sagittal"]);
    expect(parts("volume")).toEqual([
      ["azimuth", "-10°"],
      ["elevation", "20°"],
    ]);
  });
});

describe("keepInRange", () => {
  it("goes round and round, and never over the top", () => {
    const turned = (azimuth: number, elevation: number) => {
      const { azimuth: a, elevation: e } = keepInRange({ ...PLACE, azimuth, elevation });
      return [a, e];
    };
    expect(turned(110, 10)).toEqual([110, 10]);
    expect(turned(190, 95)).toEqual([-170, 90]);
    expect(turned(-545, -91)).toEqual([175, -90]);
  });
});
