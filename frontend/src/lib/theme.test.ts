import { describe, expect, it, vi } from "vitest";
import { readStoredTheme, showTheme, storeTheme } from "./theme";

describe("theme", () => {
  it("is read back as it was stored", () => {
    storeTheme("dark");
    expect(readStoredTheme()).toBe("dark");
  });

  it("is not stored at first", () => {
    expect(readStoredTheme()).toBeNull();
  });

  it("ignores what the app never stored", () => {
    localStorage.setItem("brainai.theme", "pink");
    expect(readStoredTheme()).toBeNull();
  });

  it("survives a browser that forbids storage", () => {
    const forbid = () => {
      throw new DOMException("denied", "SecurityError");
    };
    vi.spyOn(Storage.prototype, "getItem").mockImplementation(forbid);
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(forbid);
    expect(() => {
      storeTheme("dark");
    }).not.toThrow();
    expect(readStoredTheme()).toBeNull();
  });

  it("is shown on the root element", () => {
    showTheme("dark");
    expect(document.documentElement).toHaveAttribute("data-theme", "dark");
  });
});
