import { describe, expect, it, vi } from "vitest";
import { readStoredLayer, storeLayer } from "./layer-memory";

describe("the memory of the layer", () => {
  it("has nothing before a choice", () => {
    expect(readStoredLayer()).toBeNull();
  });

  it("keeps a choice in this tab", () => {
    storeLayer("heat_map");
    expect(readStoredLayer()).toBe("heat_map");
    expect(localStorage).toHaveLength(0);
  });

  it("knows no layer that the app does not have", () => {
    sessionStorage.setItem("brainai.layer", "wireframe");
    expect(readStoredLayer()).toBeNull();
  });

  it("does without a storage", () => {
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("denied");
    });
    vi.spyOn(Storage.prototype, "getItem").mockImplementation(() => {
      throw new DOMException("denied");
    });
    storeLayer("none");
    expect(readStoredLayer()).toBeNull();
  });
});
