import { describe, expect, it } from "vitest";
import { describeSample, SAMPLE_SLICES, SAMPLE_STUDIES } from "./samples";

const SHIPPED_SLICES = Object.keys(import.meta.glob("/public/samples/*.png"));
const SHIPPED_STUDIES = Object.keys(import.meta.glob("/public/samples/*.nii.gz"));
const SHIPPED_PICTURES = Object.keys(import.meta.glob("/public/pictures/*.png"));

describe("samples", () => {
  it.each([
    ["slices", SAMPLE_SLICES, SHIPPED_SLICES],
    ["studies", SAMPLE_STUDIES, SHIPPED_STUDIES],
  ])("are exactly the %s that ship with the app", (_, samples, shipped) => {
    const offered = samples.map(({ path }) => `/public${path}`);
    expect(offered.toSorted()).toEqual(shipped.toSorted());
  });

  it("hold both kinds of slices, with and without skull", () => {
    expect(new Set(SAMPLE_SLICES.map(describeSample))).toEqual(
      new Set([
        "a drawn lesion, with skull",
        "a drawn lesion, without skull",
        "no lesion, with skull",
        "no lesion, without skull",
      ]),
    );
  });

  it("hold both kinds of studies, each with a picture that ships too", () => {
    expect(SAMPLE_STUDIES.map(describeSample)).toEqual([
      "a drawn lesion, NIfTI",
      "no lesion, NIfTI",
    ]);
    for (const { picture } of SAMPLE_STUDIES)
      expect(SHIPPED_PICTURES).toContain(`/public${picture}`);
  });
});
