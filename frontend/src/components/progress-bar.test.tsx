import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { ProgressBar } from "./progress-bar";

describe("ProgressBar", () => {
  it("tells the share in per cent, and in the words that are given", () => {
    render(<ProgressBar label="Slices judged" share={0.424} detail="59 of 140 slices" />);
    const bar = screen.getByRole("progressbar", { name: "Slices judged" });
    expect(bar).toHaveAttribute("aria-valuenow", "42");
    expect(bar).toHaveAttribute("aria-valuetext", "59 of 140 slices");
    expect(screen.getByText("59 of 140 slices")).toBeVisible();
  });

  it("never runs over its ends", () => {
    render(<ProgressBar label="Sent" share={1.2} />);
    expect(screen.getByRole("progressbar")).toHaveAttribute("aria-valuenow", "100");
  });
});
