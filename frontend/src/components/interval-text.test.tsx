import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { IntervalText } from "./interval-text";

describe("IntervalText", () => {
  it("shows a figure and its interval", () => {
    render(<IntervalText interval={{ value: 0.951, low: 0.92, high: 0.974 }} />);
    expect(screen.getByText("0.95")).toBeVisible();
    expect(screen.getByText("0.92 to 0.97")).toBeVisible();
  });

  it("says that a figure was not measured, not only with a dash", () => {
    render(<IntervalText interval={null} />);
    expect(screen.getByText("not measured")).toBeInTheDocument();
  });
});
