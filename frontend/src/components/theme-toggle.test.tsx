import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { ThemeToggle } from "./theme-toggle";

/** A system whose preference a test can change. */
function stubSystem(dark: boolean): (dark: boolean) => void {
  const listeners = new Set<() => void>();
  let matches = dark;
  vi.stubGlobal("matchMedia", () => ({
    get matches() {
      return matches;
    },
    addEventListener: (_type: string, listener: () => void) => listeners.add(listener),
    removeEventListener: (_type: string, listener: () => void) => listeners.delete(listener),
  }));
  return (next) => {
    matches = next;
    for (const listener of listeners) listener();
  };
}

const root = document.documentElement;

describe("ThemeToggle", () => {
  it("follows the system until somebody chooses", () => {
    const changeSystem = stubSystem(true);
    render(<ThemeToggle />);
    expect(root).toHaveAttribute("data-theme", "dark");
    act(() => {
      changeSystem(false);
    });
    expect(root).toHaveAttribute("data-theme", "light");
    expect(localStorage).toHaveLength(0);
  });

  it("keeps a choice against the system", async () => {
    const changeSystem = stubSystem(false);
    render(<ThemeToggle />);
    await userEvent.click(screen.getByRole("button", { name: "Switch to the dark theme" }));
    act(() => {
      changeSystem(false);
    });
    expect(root).toHaveAttribute("data-theme", "dark");
    expect(screen.getByRole("button", { name: "Switch to the light theme" })).toBeVisible();
  });

  it("remembers the choice for the next visit", async () => {
    stubSystem(false);
    const { unmount } = render(<ThemeToggle />);
    await userEvent.click(screen.getByRole("button"));
    unmount();
    delete root.dataset.theme;
    render(<ThemeToggle />);
    expect(root).toHaveAttribute("data-theme", "dark");
  });
});
