import { fireEvent, render, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { RangeSlider } from "./range-slider";

describe("RangeSlider", () => {
  it("says its value in words and tells a change", () => {
    const onChange = vi.fn();
    render(
      <RangeSlider
        label="Opacity"
        value={60}
        min={0}
        max={100}
        step={5}
        shown="60%"
        onChange={onChange}
      />,
    );
    const slider = screen.getByRole("slider", { name: "Opacity" });
    expect(slider).toHaveAttribute("aria-valuetext", "60%");
    expect(screen.getByText("60%")).toBeVisible();
    fireEvent.change(slider, { target: { value: "75" } });
    expect(onChange).toHaveBeenCalledWith(75);
  });
});
