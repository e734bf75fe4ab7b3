import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { aPrediction } from "../../testing/answers";
import { CopyJson } from "./copy-json";
import { toPlainJson } from "./plain-json";

describe("toPlainJson", () => {
  it("is the whole answer but for its pictures", () => {
    const prediction = aPrediction();
    const plain = JSON.parse(toPlainJson(prediction)) as Record<string, unknown>;
    expect({ ...plain, heatmap: prediction.heatmap, preview: prediction.preview }).toEqual(
      prediction,
    );
    expect(plain).not.toHaveProperty("heatmap");
    expect(plain).not.toHaveProperty("preview");
  });
});

describe("CopyJson", () => {
  it("copies and says so", async () => {
    const user = userEvent.setup();
    render(<CopyJson prediction={aPrediction()} />);
    await user.click(screen.getByRole("button", { name: "Copy JSON" }));
    expect(await screen.findByText("Copied to the clipboard.")).toBeVisible();
    expect(await navigator.clipboard.readText()).toBe(toPlainJson(aPrediction()));
  });

  it("points to the text where the browser forbids copying", async () => {
    const user = userEvent.setup();
    vi.spyOn(navigator.clipboard, "writeText").mockRejectedValue(new DOMException("denied"));
    render(<CopyJson prediction={aPrediction()} />);
    await user.click(screen.getByRole("button", { name: "Copy JSON" }));
    expect(await screen.findByText(/Copying is not allowed here/)).toBeVisible();
    expect(screen.getByRole("region", { hidden: true })).toHaveTextContent("0123456789abcdef");
  });
});
