import { render, screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { StudyTable } from "./study-table";

const STUDY = {
  title: "Patients",
  note: "one study each",
  tumor_studies: 23,
  tumor_free_studies: 4,
  sensitivity: { value: 1, low: 0.87, high: 1 },
  false_alarms: { value: 0.25, low: 0, high: 0.6 },
};

function cells(): (string | null)[] {
  const row = screen.getByRole("row", { name: /Patients/ });
  return within(row)
    .getAllByRole("cell")
    .map((cell) => cell.textContent);
}

describe("StudyTable", () => {
  it("shows how many were found and how many false alarms there were, of how many", () => {
    render(<StudyTable studies={[STUDY]} />);
    expect(screen.getByText("one study each")).toBeVisible();
    expect(cells()).toEqual(["23", "1.000.87 to 1.00", "4", "0.250.00 to 0.60"]);
  });

  it("says so where there were no studies without a tumour", () => {
    render(<StudyTable studies={[{ ...STUDY, tumor_free_studies: 0, false_alarms: null }]} />);
    expect(cells()[3]).toMatch(/not measured/);
  });
});
