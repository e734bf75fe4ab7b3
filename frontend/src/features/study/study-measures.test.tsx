import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { StudyPrediction } from "../../api/study-types";
import { aStudy } from "../../testing/study-answers";
import { StudyMeasures } from "./study-measures";

function show(changes: Partial<StudyPrediction> = {}): HTMLElement {
  render(<StudyMeasures study={aStudy(changes)} />);
  return screen.getByRole("region", { name: "Outlined lesion" });
}

describe("StudyMeasures", () => {
  it("gives volume, diameter, area, slices and parts", () => {
    const region = show();
    for (const value of ["34.5 mL", "48 mm", "1,234 mm²", "4 slices", "2"]) {
      expect(screen.getByText(value)).toBeVisible();
    }
    expect(region).toHaveTextContent("in slice 3");
    expect(region).not.toHaveTextContent("do not agree");
  });

  it("says so where nothing is outlined, and where that agrees with no slice", () => {
    const region = show({ lesion: null });
    expect(region).toHaveTextContent("Nothing is outlined in this study.");
    expect(region).toHaveTextContent("do not agree");
  });

  it("gives the API's reason where the outline was withheld", () => {
    const detail = "This model classifies and outlines nothing.";
    const reason = "model_has_no_segmentation" as const;
    const withheld = [{ output: "mask" as const, reason, detail }];
    const region = show({ lesion: null, outputs_withheld: withheld });
    expect(region).toHaveTextContent(detail);
    expect(region).not.toHaveTextContent("do not agree");
  });
});
