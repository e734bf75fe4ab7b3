import { describe, expect, it } from "vitest";
import { describeConvention, toEdgeLetters } from "./view-settings";

describe("toEdgeLetters", () => {
  it("puts the patient's right on the left in radiological convention only", () => {
    expect(toEdgeLetters("axial", "radiological")).toEqual({
      left: "R",
      right: "L",
      top: "A",
      bottom: "P",
    });
    expect(toEdgeLetters("coronal", "neurological")).toEqual({
      left: "L",
      right: "R",
      top: "S",
      bottom: "I",
    });
  });

  it("knows no left and right of the patient from the side", () => {
    for (const convention of ["radiological", "neurological"] as const) {
      expect(toEdgeLetters("sagittal", convention)).toEqual({
        left: "P",
        right: "A",
        top: "S",
        bottom: "I",
      });
    }
  });

  it("leaves several planes and the rendering to the viewer", () => {
    expect(toEdgeLetters("all", "radiological")).toBeNull();
    expect(toEdgeLetters("volume", "radiological")).toBeNull();
  });
});

describe("describeConvention", () => {
  it("says in words what the letters say", () => {
    expect(describeConvention("radiological", "axial")).toContain("right is on the left");
    expect(describeConvention("neurological", "all")).toContain("right is on the right");
    expect(describeConvention("radiological", "sagittal")).toContain("front is on the right");
    expect(describeConvention("radiological", "volume")).toContain("to turn the head");
  });
});
