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

function carryFolder(reader: object) {
  const entry = { isDirectory: true, isFile: false, name: "study", createReader: () => reader };
  const item = { kind: "file", type: "", getAsFile: () => null, webkitGetAsEntry: () => entry };
  return { dataTransfer: { files: [], items: [item], types: ["Files"] } };
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

  it("takes what was dropped last, however long the folder before takes to be read", async () => {
    const { onFiles } = listen();
    let read: (entries: unknown[]) => void = () => undefined;
    const readEntries = (done: typeof read) => {
      read = done;
    };
    fireEvent.drop(document.body, carryFolder({ readEntries }));
    fireEvent.drop(document.body, carry(FILE));
    await vi.waitFor(() => {
      expect(onFiles).toHaveBeenCalledTimes(1);
    });
    read([]);
    await new Promise((done) => setTimeout(done));
    expect(onFiles).toHaveBeenCalledExactlyOnceWith([
      expect.objectContaining({ name: "slice.dcm" }),
    ]);
  });

  it("hands over nothing where a folder cannot be read", async () => {
    const { onFiles } = listen();
    const readEntries = (_done: unknown, fail: (error: Error) => void) => {
      fail(new Error("not readable"));
    };
    fireEvent.drop(document.body, carryFolder({ readEntries }));
    await vi.waitFor(() => {
      expect(onFiles).toHaveBeenCalledExactlyOnceWith([]);
    });
  });

  it("stops listening with its component", () => {
    const { unmount } = listen();
    unmount();
    expect(fireEvent.drop(document.body, carry(FILE))).toBe(true);
  });
});
