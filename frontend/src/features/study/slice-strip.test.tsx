import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useRef, useState } from "react";
import { beforeEach, describe, expect, it } from "vitest";
import { aStudy } from "../../testing/study-answers";
import { describeSlice, SliceStrip } from "./slice-strip";

const STUDY = aStudy();

function Strip({ up = true }: { up?: boolean }) {
  const [index, setIndex] = useState(3);
  const slider = useRef<HTMLDivElement>(null);
  const axis = { count: 8, up };
  return (
    <SliceStrip
      study={STUDY}
      axis={axis}
      index={index}
      onIndex={setIndex}
      slider={slider}
      hintId="hint"
    />
  );
}

const strip = () => screen.getByRole("slider", { name: "Axial slice" });

beforeEach(() => {
  // jsdom captures no pointer and lays nothing out.
  Element.prototype.setPointerCapture = () => undefined;
  Element.prototype.getBoundingClientRect = () => new DOMRect(100, 0, 800, 100);
});

describe("SliceStrip", () => {
  it("says slice, label and probability in words", () => {
    render(<Strip />);
    expect(strip()).toHaveAttribute("aria-valuenow", "3");
    expect(strip()).toHaveAttribute(
      "aria-valuetext",
      "Slice 3: signs of a tumour, probability 95%",
    );
    expect(strip()).toHaveAttribute("aria-valuemax", "7");
  });

  it("tells a slice's probability from the threshold that it does not reach", () => {
    const study = aStudy({
      slices: [{ index: 0, label: "no_tumor", probability: 0.408 }],
      slice_threshold: 0.41,
    });
    expect(describeSlice(study, 0)).toBe("Slice 0: no sign of a tumour, probability 40.8%");
  });

  it("moves by keys and stays on the axis", async () => {
    render(<Strip />);
    strip().focus();
    await userEvent.keyboard("{ArrowRight}");
    expect(strip()).toHaveAttribute("aria-valuetext", "Slice 4: uncertain, probability 45%");
    await userEvent.keyboard("{ArrowLeft}{ArrowLeft}");
    expect(strip()).toHaveAttribute("aria-valuenow", "2");
    await userEvent.keyboard("{End}{ArrowRight}");
    expect(strip()).toHaveAttribute("aria-valuetext", "Slice 7: empty, not judged");
    await userEvent.keyboard("{Home}");
    expect(strip()).toHaveAttribute("aria-valuenow", "0");
    await userEvent.keyboard("{PageUp}");
    expect(strip()).toHaveAttribute("aria-valuenow", "7");
  });

  it("leaves keys with a modifier to the browser", () => {
    render(<Strip />);
    fireEvent.keyDown(strip(), { key: "ArrowLeft", altKey: true });
    expect(strip()).toHaveAttribute("aria-valuenow", "3");
  });

  it("goes to the slice under a click, and follows a drag", () => {
    render(<Strip />);
    fireEvent.pointerDown(strip(), { clientX: 650, button: 0, buttons: 1 });
    expect(strip()).toHaveAttribute("aria-valuenow", "5");
    fireEvent.pointerMove(strip(), { clientX: 210, buttons: 1 });
    expect(strip()).toHaveAttribute("aria-valuenow", "1");
    fireEvent.pointerMove(strip(), { clientX: 5_000, buttons: 1 });
    expect(strip()).toHaveAttribute("aria-valuenow", "7");
    fireEvent.pointerMove(strip(), { clientX: 150, buttons: 0 });
    expect(strip()).toHaveAttribute("aria-valuenow", "7");
  });

  it("says which end is the head, whichever way the input runs", () => {
    const { rerender } = render(<Strip />);
    expect(screen.getByText("slice 0, towards the feet")).toBeVisible();
    rerender(<Strip up={false} />);
    expect(screen.getByText("slice 0, towards the head")).toBeVisible();
    expect(screen.getByText("7, towards the feet")).toBeVisible();
  });
});
