import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { aStudy, someSlices } from "../../testing/study-answers";
import { StripDrawing } from "./strip-drawing";

function bars(container: HTMLElement, label: string): SVGRectElement[] {
  return [...container.querySelectorAll<SVGRectElement>(`rect[data-label=${label}]`)];
}

describe("StripDrawing", () => {
  it("draws a bar per judged slice, as high as its probability, and a dot for an empty one", () => {
    const { container } = render(<StripDrawing study={aStudy()} current={null} />);
    const heights = bars(container, "tumor").map((bar) => Number(bar.getAttribute("height")));
    expect(heights).toHaveLength(3);
    expect(heights[1]).toBeCloseTo((0.95 / 0.9) * (heights[0] ?? NaN));
    expect(container.querySelectorAll("circle")).toHaveLength(2);
  });

  it("tells labels apart by the width of their bars, not by colour alone", () => {
    const { container } = render(<StripDrawing study={aStudy()} current={null} />);
    const width = (label: string) =>
      parseFloat(bars(container, label)[0]?.getAttribute("width") ?? "");
    expect(width("tumor")).toBeGreaterThan(width("uncertain"));
    expect(width("uncertain")).toBeGreaterThan(width("no_tumor"));
  });

  it("marks runs under the plot: full, hatched, a line, dots", () => {
    const { container } = render(<StripDrawing study={aStudy()} current={null} />);
    expect(container.querySelectorAll("rect.fill-tumor[rx]")).toHaveLength(2);
    expect(container.querySelectorAll("rect.stroke-uncertain[fill^='url']")).toHaveLength(1);
    expect(container.querySelectorAll("line.stroke-normal")).toHaveLength(2);
    expect(container.querySelectorAll("line[stroke-dasharray='1.5 3']")).toHaveLength(2);
  });

  it("puts the mark into the middle of the current slice, and none on paper", () => {
    const study = aStudy({ slices: someSlices([0.1, 0.2, 0.9, 0.1]) });
    const { rerender } = render(<StripDrawing study={study} current={2} />);
    const mark = screen.getByTestId("current-mark");
    expect(mark.querySelector("circle")).toHaveAttribute("cx", "62.5%");
    rerender(<StripDrawing study={study} current={null} />);
    expect(screen.queryByTestId("current-mark")).not.toBeInTheDocument();
  });
});
