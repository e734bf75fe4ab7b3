import { describe, expect, it, vi } from "vitest";
import { hasWebGl2 } from "./webgl";

describe("hasWebGl2", () => {
  it("is false where no context is given", () => {
    vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
    expect(hasWebGl2()).toBe(false);
  });

  it("is true where one is, and gives it back at once", () => {
    const loseContext = vi.fn();
    const context = { getExtension: () => ({ loseContext }) } as unknown as RenderingContext;
    vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(context);
    expect(hasWebGl2()).toBe(true);
    expect(loseContext).toHaveBeenCalledOnce();
  });
});
