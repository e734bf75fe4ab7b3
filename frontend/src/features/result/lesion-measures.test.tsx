import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { Prediction } from "../../api/wire";
import { aLesion, aPrediction, MASK } from "../../testing/answers";
import { LesionMeasures } from "./lesion-measures";

function show(changes: Partial<Prediction>): void {
  render(<LesionMeasures prediction={aPrediction(changes)} />);
}

function measures(): Record<string, string> {
  const terms = screen.getAllByRole("term").map((term) => term.textContent);
  const values = screen.getAllByRole("definition").map((value) => value.textContent);
  return Object.fromEntries(terms.map((term, index) => [term, values[index] ?? ""]));
}

describe("LesionMeasures", () => {
  it("gives millimetres first where the spacing is known", () => {
    show({ mask: MASK, lesion: aLesion() });
    expect(measures()).toEqual({
      Area: "1,086 mm²1,234 px",
      "Longest diameter": "46 mm49 px",
      "Separate parts": "2",
    });
  });

  it("gives pixels, and why no millimetres, where it is not", () => {
    show({ mask: MASK, lesion: aLesion({ area_mm2: null, longest_diameter_mm: null }) });
    expect(measures()).toMatchObject({ Area: "1,234 px", "Longest diameter": "49 px" });
    expect(screen.getByText(/does not say how far they are apart/)).toBeVisible();
  });

  it("keeps a decimal of a tiny lesion", () => {
    show({ mask: MASK, lesion: aLesion({ longest_diameter_mm: 3.61 }) });
    expect(measures()["Longest diameter"]).toMatch(/^3.6 mm/);
  });

  it("gives no lesion an area of nought", () => {
    show({ mask: MASK, lesion: aLesion({ area_px: 1, area_mm2: 0.22 }) });
    expect(measures().Area).toBe("<1 mm²1 px");
  });

  it("tells on request where the lesion lies", async () => {
    show({ mask: MASK, lesion: aLesion() });
    await userEvent.click(screen.getByText("Where in the slice"));
    expect(screen.getByText(/44 × 37 px, its corner 90 px from the left and 61 px/)).toBeVisible();
  });

  it("says so where nothing is outlined", () => {
    show({ mask: MASK, label: "no_tumor" });
    expect(screen.getByText("Nothing is outlined in this slice.")).toBeVisible();
    expect(screen.queryByText(/do not agree/)).not.toBeInTheDocument();
  });

  it("is not there for a model that outlines nothing", () => {
    show({});
    expect(screen.queryByRole("region")).not.toBeInTheDocument();
  });

  it.each([
    { label: "no_tumor", lesion: aLesion() },
    { label: "tumor", lesion: null },
  ] as const)("says so where classifier and outline disagree: $label", (changes) => {
    show({ mask: MASK, ...changes });
    expect(screen.getByText(/the two do not agree/)).toBeVisible();
  });
});
