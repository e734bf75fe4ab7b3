import { fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { aStudyJob } from "../../testing/study-answers";
import { SlicePictures } from "./slice-pictures";

const JOB = aStudyJob();
const AXIS = { count: 8, up: true };

let asked: string[] = [];

beforeEach(() => {
  asked = [];
  vi.spyOn(HTMLImageElement.prototype, "src", "set").mockImplementation(function (
    this: HTMLImageElement,
    address: string,
  ) {
    this.setAttribute("src", address);
    if (!this.isConnected) asked.push(address);
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

function pictures(index: number, onIndex = vi.fn()) {
  return <SlicePictures job={JOB} axis={AXIS} index={index} overlay="outline" onIndex={onIndex} />;
}

function show(index: number, onIndex = vi.fn()) {
  render(pictures(index, onIndex));
  return onIndex;
}

describe("SlicePictures", () => {
  it("shows the API's picture of the slice", () => {
    show(3);
    expect(screen.getByRole("img", { name: /^Axial slice 3/ })).toHaveAttribute(
      "src",
      "/api/jobs/job1/slices/3.png?overlay=outline",
    );
  });

  it("fetches the neighbours beforehand, none beyond the ends and none twice", () => {
    show(1);
    const slices = asked.map((address) => Number(/slices\/(\d+)/.exec(address)?.[1]));
    expect([...new Set(slices)].sort()).toEqual([0, 2, 3]);
    expect(slices).toHaveLength(new Set(slices).size);
  });

  it("moves with the wheel, a slice per notch", () => {
    const onIndex = show(3);
    const frame = screen.getByRole("img", { name: /^Axial slice 3/ });
    fireEvent.wheel(frame, { deltaY: 100 });
    fireEvent.wheel(frame, { deltaY: -100 });
    expect(onIndex.mock.calls).toEqual([[4], [2]]);
  });

  it("says so where a picture does not come", () => {
    show(3);
    fireEvent.error(screen.getByRole("img", { name: /^Axial slice 3/ }));
    expect(screen.getByRole("alert")).toHaveTextContent("slice 3 could not be loaded");
  });

  it("takes that back once the picture comes", () => {
    show(3);
    const picture = screen.getByRole("img", { name: /^Axial slice 3/ });
    fireEvent.error(picture);
    fireEvent.load(picture);
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });

  it("does not leave the picture of one slice standing for another", () => {
    const { rerender } = render(pictures(3));
    const picture = screen.getByRole("img", { name: /^Axial slice 3/ });
    fireEvent.load(picture);
    expect(picture).toHaveAttribute("data-state", "shown");
    rerender(pictures(4));
    expect(picture).toHaveAccessibleName(/^Axial slice 4/);
    expect(picture).toHaveAttribute("data-state", "loading");
    fireEvent.load(picture);
    expect(picture).toHaveAttribute("data-state", "shown");
  });
});
