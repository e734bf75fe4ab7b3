import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { VerdictTitle } from "./verdict-title";

describe("VerdictTitle", () => {
  it("says label, reason and probability, for research only, and takes the focus", () => {
    const verdict = { tone: "uncertain", heading: "Uncertain", reason: "It is close." } as const;
    render(<VerdictTitle verdict={verdict} probability="44%" caption="probability of a tumour" />);
    expect(screen.getByRole("heading", { name: "Uncertain" })).toHaveFocus();
    expect(screen.getByText("It is close.")).toBeVisible();
    expect(screen.getByText("44%")).toBeVisible();
    expect(screen.getByText("Research use only. Not a medical device.")).toBeVisible();
  });
});
