import { fireEvent, render, screen } from "@testing-library/react";
import { createRef } from "react";
import { describe, expect, it, vi } from "vitest";
import type { Plane } from "../../domain/view-settings";
import { PlaceSliders } from "./place-sliders";

const PLACE = { sagittal: 3, coronal: 5, azimuth: 110.5, elevation: 10 };

function show(plane: Plane) {
  const onPlace = vi.fn();
  const first = createRef<HTMLInputElement>();
  const counts = { sagittal: 8, coronal: 10 };
  render(
    <PlaceSliders plane={plane} place={PLACE} counts={counts} onPlace={onPlace} first={first} />,
  );
  return { onPlace, first };
}

describe("PlaceSliders", () => {
  it("moves one part, and leaves the others where they are", () => {
    const { onPlace, first } = show("all");
    const sagittal = screen.getByRole("slider", { name: "Sagittal slice" });
    expect(sagittal).toHaveAttribute("aria-valuetext", "4 of 8, from the left");
    fireEvent.change(sagittal, { target: { value: "6" } });
    expect(onPlace).toHaveBeenCalledExactlyOnceWith({ ...PLACE, sagittal: 6 });
    expect(first.current).toBe(screen.getByRole("slider", { name: "Coronal slice" }));
  });

  it("turns the head by whole degrees", () => {
    const { onPlace } = show("volume");
    const turn = screen.getByRole("slider", { name: "Turn" });
    expect(turn).toHaveValue("111");
    fireEvent.change(turn, { target: { value: "112" } });
    expect(onPlace).toHaveBeenCalledExactlyOnceWith({ ...PLACE, azimuth: 112 });
  });

  it("has nothing for the axial plane", () => {
    show("axial");
    expect(screen.queryByRole("slider")).not.toBeInTheDocument();
  });
});
