import { describe, expect, it } from "vitest";
import type { Failure } from "./failure";
import { toSeriesOffers, withoutList } from "./series";

/** The sentence as backend/brainai/imaging/choose_series.py makes it. */
const DETAIL =
  "The upload holds 2 volumes, and none is FLAIR by its name or its times: 1: T1, 20 slices of 64 x 64, 3.44 x 3.44 x 6.5 mm; 2: unknown sequence, 4 slices of 64 x 64 that make no volume. Name the FLAIR with series=N.";

function refusal(code: string, detail: string): Failure {
  return { kind: "refused", code, title: "", detail, forceable: false };
}

describe("toSeriesOffers", () => {
  it("reads number and looks of each series that the refusal lists", () => {
    expect(toSeriesOffers(refusal("no_flair_series", DETAIL))).toEqual([
      {
        number: 1,
        description: "T1, 20 slices of 64\u00a0×\u00a064, 3.44\u00a0×\u00a03.44\u00a0×\u00a06.5 mm",
      },
      {
        number: 2,
        description: "unknown sequence, 4 slices of 64\u00a0×\u00a064 that make no volume",
      },
    ]);
  });

  it("offers by its number what is only counted", () => {
    const detail =
      "The upload holds series of several patients: 1: T1; 2: T2; and 2 more. Send one.";
    expect(toSeriesOffers(refusal("several_patients", detail))).toEqual([
      { number: 1, description: "T1" },
      { number: 2, description: "T2" },
      { number: 3, description: "" },
      { number: 4, description: "" },
    ]);
  });

  it("offers nothing for other failures, nor where nothing is listed", () => {
    expect(toSeriesOffers(refusal("missing_slices", DETAIL))).toEqual([]);
    expect(toSeriesOffers({ kind: "api_down" })).toEqual([]);
    expect(toSeriesOffers(refusal("no_flair_series", "There is none."))).toEqual([]);
  });
});

describe("withoutList", () => {
  it("keeps what is said before the list, and a sentence without one", () => {
    expect(withoutList(DETAIL)).toBe(
      "The upload holds 2 volumes, and none is FLAIR by its name or its times.",
    );
    expect(withoutList("There is none.")).toBe("There is none.");
  });
});
