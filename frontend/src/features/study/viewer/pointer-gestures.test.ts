import { fireEvent } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { watchPointer } from "./pointer-gestures";

function watch() {
  const element = document.createElement("div");
  element.setPointerCapture = () => undefined;
  const gestures = { onDrag: vi.fn(), onPoint: vi.fn(), onScroll: vi.fn() };
  const stop = new AbortController();
  watchPointer(element, stop.signal, gestures);
  return { element, stop, ...gestures };
}

const at = (clientX: number, clientY: number) => ({ clientX, clientY, button: 0, isPrimary: true });

beforeEach(() => {
  Element.prototype.getBoundingClientRect = () => new DOMRect(10, 20, 400, 400);
});

describe("watchPointer", () => {
  it("takes a press that hardly moves for a point", () => {
    const { element, onDrag, onPoint } = watch();
    fireEvent.pointerDown(element, at(60, 70));
    fireEvent.pointerMove(element, at(62, 71));
    fireEvent.pointerUp(element, at(62, 71));
    expect(onPoint).toHaveBeenCalledExactlyOnceWith([50, 50]);
    expect(onDrag).not.toHaveBeenCalled();
  });

  it("tells a drag in steps to the right and up, and where it began", () => {
    const { element, onDrag, onPoint } = watch();
    fireEvent.pointerDown(element, at(60, 70));
    fireEvent.pointerMove(element, at(80, 60));
    fireEvent.pointerMove(element, at(85, 65));
    fireEvent.pointerUp(element, at(85, 65));
    expect(onDrag.mock.calls).toEqual([
      [20, 10, [50, 50]],
      [5, -5, [50, 50]],
    ]);
    expect(onPoint).not.toHaveBeenCalled();
  });

  it("leaves the second button and the second finger alone", () => {
    const { element, onPoint } = watch();
    fireEvent.pointerDown(element, { ...at(60, 70), button: 2 });
    fireEvent.pointerUp(element, { ...at(60, 70), button: 2 });
    fireEvent.pointerDown(element, { ...at(60, 70), isPrimary: false });
    fireEvent.pointerUp(element, { ...at(60, 70), isPrimary: false });
    expect(onPoint).not.toHaveBeenCalled();
  });

  it("gathers a trackpad's small movements, and skips no slice on a coarse wheel", () => {
    const { element, onScroll } = watch();
    fireEvent.wheel(element, { deltaY: 15 });
    fireEvent.wheel(element, { deltaY: 15 });
    expect(onScroll).not.toHaveBeenCalled();
    fireEvent.wheel(element, { deltaY: 15 });
    fireEvent.wheel(element, { deltaY: -400 });
    expect(onScroll.mock.calls.map(([steps]: unknown[]) => steps)).toEqual([1, -1]);
  });

  it("lets the page zoom", () => {
    const { element, onScroll } = watch();
    expect(fireEvent.wheel(element, { deltaY: 100, ctrlKey: true })).toBe(true);
    expect(onScroll).not.toHaveBeenCalled();
  });

  it("ends with its signal", () => {
    const { element, stop, onPoint } = watch();
    stop.abort();
    fireEvent.pointerDown(element, at(60, 70));
    fireEvent.pointerUp(element, at(60, 70));
    expect(onPoint).not.toHaveBeenCalled();
  });
});
