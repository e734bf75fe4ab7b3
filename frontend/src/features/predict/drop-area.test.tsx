import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { DropArea } from "./drop-area";

const SLICE = new File(["x"], "slice.dcm");
const OTHER = new File(["y"], "other.png", { type: "image/png" });

function drop(...files: File[]): void {
  fireEvent.drop(screen.getByRole("group", { name: "Choose a slice" }), {
    dataTransfer: {
      files,
      items: files.map((file) => ({ kind: "file", type: file.type, getAsFile: () => file })),
      types: ["Files"],
    },
  });
}

describe("DropArea", () => {
  it("hands over a dropped file, whatever its name: the API judges the bytes", async () => {
    const onFile = vi.fn();
    render(<DropArea onFile={onFile} />);
    drop(SLICE);
    await vi.waitFor(() => {
      expect(onFile).toHaveBeenCalledTimes(1);
    });
    expect(onFile).toHaveBeenCalledWith(expect.objectContaining({ name: "slice.dcm" }));
  });

  it("takes one slice at a time, and says so", async () => {
    const onFile = vi.fn();
    render(<DropArea onFile={onFile} />);
    drop(SLICE, OTHER);
    expect(await screen.findByRole("alert")).toHaveTextContent("One slice at a time");
    expect(onFile).not.toHaveBeenCalled();
  });

  it("hands over a chosen file", async () => {
    const onFile = vi.fn();
    render(<DropArea onFile={onFile} />);
    await userEvent.upload(screen.getByLabelText("Slice file"), OTHER);
    expect(onFile).toHaveBeenCalledWith(expect.objectContaining({ name: "other.png" }));
  });

  it("opens the picker from the keyboard", async () => {
    const onClick = vi.spyOn(HTMLInputElement.prototype, "click");
    render(<DropArea onFile={() => undefined} />);
    await userEvent.tab();
    expect(screen.getByRole("button", { name: "Choose a file" })).toHaveFocus();
    await userEvent.keyboard("{Enter}");
    expect(onClick).toHaveBeenCalled();
  });
});
