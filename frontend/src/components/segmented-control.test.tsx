import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { describe, expect, it } from "vitest";
import { SegmentedControl } from "./segmented-control";

const OPTIONS = [
  { value: "a", name: "First" },
  { value: "b", name: "Second" },
  { value: "c", name: "Third" },
] as const;

function Choice() {
  const [value, setValue] = useState<"a" | "b" | "c">("a");
  return <SegmentedControl legend="Which" options={OPTIONS} value={value} onChange={setValue} />;
}

describe("SegmentedControl", () => {
  it("is a named group of radio buttons with one chosen", () => {
    render(<Choice />);
    expect(screen.getByRole("radiogroup", { name: "Which" })).toBeVisible();
    expect(screen.getAllByRole("radio")).toHaveLength(3);
    expect(screen.getByRole("radio", { name: "First" })).toBeChecked();
  });

  it("changes by click", async () => {
    render(<Choice />);
    await userEvent.click(screen.getByText("Third"));
    expect(screen.getByRole("radio", { name: "Third" })).toBeChecked();
    expect(screen.getByRole("radio", { name: "First" })).not.toBeChecked();
  });

  it("is one stop for Tab; the arrow keys move the choice", async () => {
    render(<Choice />);
    await userEvent.tab();
    expect(screen.getByRole("radio", { name: "First" })).toHaveFocus();
    await userEvent.keyboard("{ArrowRight}");
    expect(screen.getByRole("radio", { name: "Second" })).toBeChecked();
    await userEvent.keyboard("{ArrowLeft}{ArrowLeft}");
    expect(screen.getByRole("radio", { name: "Third" })).toBeChecked();
  });
});
