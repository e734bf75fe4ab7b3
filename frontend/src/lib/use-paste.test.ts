import { fireEvent, renderHook } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { usePaste } from "./use-paste";

const FILE = new File(["x"], "slice.png", { type: "image/png" });

describe("usePaste", () => {
  it("hands over pasted files and keeps the browser from using them", () => {
    const onFiles = vi.fn();
    renderHook(() => {
      usePaste(onFiles);
    });
    const unhandled = fireEvent.paste(document, { clipboardData: { files: [FILE] } });
    expect(onFiles).toHaveBeenCalledExactlyOnceWith([FILE]);
    expect(unhandled).toBe(false);
  });

  it("leaves pasted text alone", () => {
    const onFiles = vi.fn();
    renderHook(() => {
      usePaste(onFiles);
    });
    const unhandled = fireEvent.paste(document, { clipboardData: { files: [] } });
    expect(onFiles).not.toHaveBeenCalled();
    expect(unhandled).toBe(true);
  });

  it("stops listening with its component", () => {
    const onFiles = vi.fn();
    const { unmount } = renderHook(() => {
      usePaste(onFiles);
    });
    unmount();
    fireEvent.paste(document, { clipboardData: { files: [FILE] } });
    expect(onFiles).not.toHaveBeenCalled();
  });
});
