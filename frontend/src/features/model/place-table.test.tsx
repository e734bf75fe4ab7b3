import { render, screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Figures } from "../../api/wire";
import { toGroups } from "../../domain/figures";
import { someFigures } from "../../testing/answers";
import { PlaceTable } from "./place-table";

function cellsOf(changes: Partial<Figures>): (string | null)[] {
  render(<PlaceTable groups={toGroups([someFigures(changes)])} />);
  const row = screen.getByRole("row", { name: /TCGA lower-grade glioma/ });
  return within(row)
    .getAllByRole("cell")
    .map((cell) => cell.textContent);
}

describe("PlaceTable", () => {
  it("shows Dice with its interval, where the heat map points, and what mirroring changes", () => {
    expect(
      cellsOf({
        dice_mean: { value: 0.876, low: 0.84, high: 0.91 },
        dice_median: { value: 0.913, low: 0.88, high: 0.93 },
        heatmap_hits: { value: 0.764, low: 0.7, high: 0.82 },
        flip_change: 0.0121,
      }),
    ).toEqual(["0.880.84 to 0.91", "0.910.88 to 0.93", "0.760.70 to 0.82", "1.2 points"]);
  });

  it("tells no change from a change that was not measured", () => {
    expect(cellsOf({ flip_change: 0 })[3]).toBe("0.0 points");
  });

  it("says what was not measured", () => {
    for (const text of cellsOf({})) expect(text).toMatch(/not measured/);
  });
});
