import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { DropArea } from "./drop-area";

const SLICE = new File(["x"], "slice.dcm");
const OTHER = new File(["y"], "other.png", { type: "image/png" });

function drop(...files: File[]): void {
  fireEvent.drop(screen.getByRole("group", { name: "Choose a study or a slice" }), {
    dataTransfer: {
      files,
      items: files.map((file) => ({ kind: "file", type: file.type, getAsFile: () => file })),
      types: ["Files"],
    },
  });
}

describe("DropArea", () => {
  it("hands over a dropped file, whatever its name: the API judges the bytes", async () => {
    const onFiles = vi.fn();
    render(<DropArea onFiles={onFiles} />);
    drop(SLICE);
    await vi.waitFor(() => {
      expect(onFiles).toHaveBeenCalledTimes(1);
    });
    expect(onFiles).toHaveBeenCalledWith([expect.objectContaining({ name: "slice.dcm" })]);
  });

  it("takes several files together", async () => {
    const onFiles = vi.fn();
    render(<DropArea onFiles={onFiles} />);
    drop(SLICE, OTHER);
    await vi.waitFor(() => {
      expect(onFiles).toHaveBeenCalledExactlyOnceWith([
        expect.objectContaining({ name: "slice.dcm" }),
        expect.objectContaining({ name: "other.png" }),
      ]);
    });
  });

  it("leaves out what systems put into folders, and says so where nothing else is there", async () => {
    const onFiles = vi.fn();
    render(<DropArea onFiles={onFiles} />);
    drop(new File(["x"], ".hidden"));
    expect(await screen.findByRole("alert")).toHaveTextContent("nothing was sent");
    expect(onFiles).not.toHaveBeenCalled();
  });

  it("hands over the files of a chosen folder", async () => {
    const onFiles = vi.fn();
    render(<DropArea onFiles={onFiles} />);
    const folder = screen.getByLabelText("Folder to analyse");
    expect(folder).toHaveAttribute("webkitdirectory");
    fireEvent.change(folder, { target: { files: [SLICE, OTHER] } });
    expect(onFiles).toHaveBeenCalledExactlyOnceWith([SLICE, OTHER]);
    const onClick = vi.spyOn(HTMLInputElement.prototype, "click");
    await userEvent.click(screen.getByRole("button", { name: "Choose a folder" }));
    expect(onClick).toHaveBeenCalledTimes(1);
  });

  it("hands over a chosen file", async () => {
    const onFiles = vi.fn();
    render(<DropArea onFiles={onFiles} />);
    await userEvent.upload(screen.getByLabelText("Files to analyse"), OTHER);
    expect(onFiles).toHaveBeenCalledWith([expect.objectContaining({ name: "other.png" })]);
  });

  it("opens the picker from the keyboard", async () => {
    const onClick = vi.spyOn(HTMLInputElement.prototype, "click");
    render(<DropArea onFiles={() => undefined} />);
    await userEvent.tab();
    expect(screen.getByRole("button", { name: "Choose files" })).toHaveFocus();
    await userEvent.keyboard("{Enter}");
    expect(onClick).toHaveBeenCalled();
  });
});
