import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { aStudy } from "../../testing/study-answers";
import { SliceJumps, jumpByKey } from "./slice-jumps";

const STUDY = aStudy();

describe("SliceJumps", () => {
  it("leads to the next, the previous and the largest", async () => {
    const onIndex = vi.fn();
    render(<SliceJumps study={STUDY} index={4} onIndex={onIndex} />);
    for (const name of ["Next tumour slice", "Previous tumour slice", "Largest area"]) {
      await userEvent.click(screen.getByRole("button", { name }));
    }
    expect(onIndex.mock.calls).toEqual([[6], [3], [3]]);
  });

  it("leads nowhere after the last tumour slice, and keeps its focus there", async () => {
    const onIndex = vi.fn();
    render(<SliceJumps study={STUDY} index={6} onIndex={onIndex} />);
    const next = screen.getByRole("button", { name: "Next tumour slice" });
    expect(next).toHaveAttribute("aria-disabled", "true");
    await userEvent.click(next);
    expect(next).toHaveFocus();
    expect(onIndex).not.toHaveBeenCalled();
  });

  it("has no largest area where nothing is outlined", () => {
    render(<SliceJumps study={aStudy({ lesion: null })} index={0} onIndex={vi.fn()} />);
    expect(screen.queryByRole("button", { name: "Largest area" })).not.toBeInTheDocument();
  });

  it("has a key for each", () => {
    expect(["n", "P", "l", "x"].map((key) => jumpByKey(key, STUDY, 4))).toEqual([6, 3, 3, null]);
  });
});
