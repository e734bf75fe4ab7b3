import { describe, expect, it } from "vitest";
import { describeSample, SAMPLE_SLICES } from "./samples";

const SHIPPED = Object.keys(import.meta.glob("/public/samples/*.png"));

describe("sample slices", () => {
  it("are exactly those that ship with the app", () => {
    const offered = SAMPLE_SLICES.map(({ path }) => `/public${path}`);
    expect(offered.toSorted()).toEqual(SHIPPED.toSorted());
  });

  it("hold both kinds, with and without skull", () => {
    expect(new Set(SAMPLE_SLICES.map(describeSample))).toEqual(
      new Set([
        "a drawn lesion, with skull",
        "a drawn lesion, without skull",
        "no lesion, with skull",
        "no lesion, without skull",
      ]),
    );
  });
});
