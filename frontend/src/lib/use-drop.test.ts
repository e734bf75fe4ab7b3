import { createEvent, fireEvent, renderHook } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { useDrop } from "./use-drop";

const FILE = new File(["x"], "slice.dcm");

function carry(...files: File[]) {
  return {
    dataTransfer: {
      files,
      items: files.map((file) => ({ kind: "file", type: file.type, getAsFile: () => file })),
      types: files.length === 0 ? ["text/plain"] : ["Files"],
    },
  };
}

function listen() {
  const onFiles = vi.fn();
  const { unmount } = renderHook(() => {
    useDrop(onFiles);
  });
  return { onFiles, unmount };
}

describe("useDrop", () => {
  it("hands over dropped files and keeps the browser from opening them", async () => {
    const { onFiles } = listen();
    expect(fireEvent.dragOver(document.body, carry(FILE))).toBe(false);
    expect(fireEvent.drop(document.body, carry(FILE))).toBe(false);
    await vi.waitFor(() => {
      expect(onFiles).toHaveBeenCalledExactlyOnceWith([
        expect.objectContaining({ name: "slice.dcm" }),
      ]);
    });
  });

  it("leaves dropped text alone, and what something on the page took", async () => {
    const { onFiles } = listen();
    expect(fireEvent.drop(document.body, carry())).toBe(true);
    const taken = createEvent.drop(document.body, carry(FILE));
    taken.preventDefault();
    fireEvent(document.body, taken);
    await Promise.resolve();
    expect(onFiles).not.toHaveBeenCalled();
  });

  it("stops listening with its component", () => {
    const { unmount } = listen();
    unmount();
    expect(fireEvent.drop(document.body, carry(FILE))).toBe(true);
  });
});
