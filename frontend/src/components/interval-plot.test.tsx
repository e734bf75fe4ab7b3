import { render } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { IntervalPlot } from "./interval-plot";

const MODEL = { value: 0.9, low: 0.8, high: 0.95 };

/** Everything in the plot that has a place on the track. */
function placed(container: HTMLElement): HTMLElement[] {
  return [...container.querySelectorAll<HTMLElement>("[style]")];
}

describe("IntervalPlot", () => {
  it("draws a line for the interval and a dot for the figure", () => {
    const { container } = render(<IntervalPlot model={MODEL} baseline={null} />);
    const [line, dot] = placed(container);
    expect(line).toHaveStyle({ left: "80%" });
    expect(dot).toHaveStyle({ left: "90%" });
  });

  it("draws a dot alone where there is no interval", () => {
    const single = { value: 0.9, low: null, high: null };
    const { container } = render(<IntervalPlot model={single} baseline={null} />);
    expect(placed(container)).toHaveLength(1);
  });

  it("is hidden from screen readers, since the table has the numbers", () => {
    const { container } = render(<IntervalPlot model={MODEL} baseline={MODEL} />);
    expect(container.firstElementChild).toHaveAttribute("aria-hidden", "true");
    expect(placed(container)).toHaveLength(4);
  });
});
