import { render, screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Figures } from "../../api/wire";
import { toGroups } from "../../domain/figures";
import { figuresWithoutTumor, someFigures } from "../../testing/answers";
import { GroupTable } from "./group-table";

const DICE = { dice_mean: { value: 0.88, low: 0.84, high: 0.91 } };

function show(figures: readonly Figures[], withDice = true): void {
  render(<GroupTable label="Figures by site" groups={toGroups(figures)} withDice={withDice} />);
}

function columns(): (string | null)[] {
  return screen.getAllByRole("columnheader").map((header) => header.textContent);
}

describe("GroupTable", () => {
  it("shows each figure of a group with its interval, and what it rests on", () => {
    show([someFigures({ ...DICE, title: "Site CS", note: "one scanner" })]);
    const row = screen.getByRole("row", { name: /Site CS/ });
    expect(row).toHaveTextContent("one scanner");
    expect(row).toHaveTextContent("17 patients, 1,600 slices, 210 with tumour");
    expect(within(row).getAllByRole("cell")[0]).toHaveTextContent("0.950.92 to 0.97");
    expect(within(row).getAllByRole("cell")[4]).toHaveTextContent("0.880.84 to 0.91");
  });

  it("says where a group has no figure that another has", () => {
    show([someFigures(), figuresWithoutTumor()]);
    const row = screen.getByRole("row", { name: /Multiple sclerosis.+none with tumour/ });
    expect(within(row).getAllByRole("cell")[0]).toHaveTextContent("not measured");
    expect(within(row).getAllByRole("cell")[2]).toHaveTextContent("0.84no interval");
  });

  it("has no column that no group has a figure for", () => {
    show([figuresWithoutTumor()]);
    expect(columns()).toEqual(["Slices of", "Specificity"]);
  });

  it("leaves out Dice where a group parts a patient's slices", () => {
    show([someFigures(DICE)], false);
    expect(columns()).not.toContain("Dice, mean");
  });

  it("can be scrolled sideways from the keyboard, and says what it is", () => {
    show([someFigures()]);
    expect(screen.getByRole("region", { name: "Figures by site" })).toHaveAttribute(
      "tabindex",
      "0",
    );
  });
});
