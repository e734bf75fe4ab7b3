import { render, screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { ReliabilityBin } from "../../api/wire";
import { pointRadius } from "./reliability-plot";
import { ReliabilityReport } from "./reliability-report";

const BINS: readonly ReliabilityBin[] = [
  { low: 0, high: 0.0667, slices: 900, mean_probability: 0.01, tumor_share: 0.02 },
  { low: 0.4, high: 0.4667, slices: 100, mean_probability: 0.43, tumor_share: 0.5 },
  { low: 0.9333, high: 1, slices: 1, mean_probability: 0.99, tumor_share: 1 },
];

function circles(): SVGCircleElement[] {
  return [...screen.getByRole("img").querySelectorAll("circle")];
}

describe("ReliabilityReport", () => {
  it("puts each bin where it was said and where it was so, from the lower left", () => {
    render(<ReliabilityReport bins={BINS} />);
    const places = circles().map((circle) => [
      Number(circle.getAttribute("cx")),
      Number(circle.getAttribute("cy")),
    ]);
    expect(places).toEqual([
      [1, 98],
      [43, 50],
      [99, 0],
    ]);
  });

  it("draws the diagonal that a perfect model would lie on", () => {
    render(<ReliabilityReport bins={BINS} />);
    const diagonal = screen.getByRole("img").querySelector("path[stroke-dasharray]");
    expect(diagonal).toHaveAttribute("d", "M0 100L100 0");
  });

  it("says what the picture shows, and gives its numbers as a table", () => {
    render(<ReliabilityReport bins={BINS} />);
    expect(screen.getByRole("img", { name: /^Reliability diagram.+1,001 slices in 3 bins/ }));
    const table = screen.getByRole("table", { name: "Reliability by bin of probability" });
    const row = within(table).getByRole("row", { name: /^40 to 47%/ });
    expect(row).toHaveTextContent("10043.0%50.0%");
    expect(within(table).getAllByRole("row")).toHaveLength(4);
  });
});

describe("pointRadius", () => {
  it("makes the area stand for the slices", () => {
    expect(pointRadius(100, 400) / pointRadius(400, 400)).toBeCloseTo(0.5);
  });

  it("keeps a bin of a single slice in sight", () => {
    expect(pointRadius(1, 100_000)).toBeGreaterThan(1);
    expect(pointRadius(0, 0)).toBeGreaterThan(1);
  });
});
