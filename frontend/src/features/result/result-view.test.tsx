import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import type { Prediction } from "../../api/wire";
import { aPrediction, WITHHELD } from "../../testing/answers";
import { renderInApp } from "../../testing/render";
import { ResultView } from "./result-view";

function show(changes: Partial<Prediction> = {}, onAnother = vi.fn()): void {
  renderInApp(
    <ResultView prediction={aPrediction(changes)} fileName="slice.png" onAnother={onAnother} />,
  );
}

describe("ResultView", () => {
  it.each([
    ["tumor", 0.97, "Signs of a tumour"],
    ["no_tumor", 0.04, "No sign of a tumour"],
    ["uncertain", 0.44, "Uncertain"],
  ] as const)("says %s in words, moves the focus there", (label, probability, words) => {
    show({ label, probability });
    expect(screen.getByRole("heading", { name: words })).toHaveFocus();
    expect(screen.getByText("probability of a tumour in this slice")).toBeVisible();
  });

  it("is for research use only, always", () => {
    show();
    expect(screen.getByText("Research use only. Not a medical device.")).toBeVisible();
  });

  it("shows the warnings of the API", () => {
    show({ warnings: ["The image is in colour.", "The slice is nearly empty."] });
    expect(screen.getByText("The image is in colour.")).toBeVisible();
    expect(screen.getByText("The slice is nearly empty.")).toBeVisible();
  });

  it("tells file, slice, model and timings", () => {
    show();
    expect(screen.getByText("slice.png")).toBeVisible();
    expect(screen.getByText("240 × 200 px")).toBeVisible();
    expect(screen.getByText("PNG, pixel spacing unknown")).toBeVisible();
    expect(screen.getByText("FLAIR")).toBeVisible();
    expect(screen.getByText("flair-resnet50 1.0.0")).toBeVisible();
    expect(screen.getByText("19 ms")).toBeVisible();
    expect(
      screen.getByText("read 1.2 ms, preprocess 2.0 ms, run 15 ms, explain 0.6 ms"),
    ).toBeVisible();
  });

  it("tells the pixel spacing where the file does", () => {
    const { input } = aPrediction();
    show({ input: { ...input, format: "dicom", spacing_mm: [0.9375, 0.9375] } });
    expect(screen.getByText("DICOM, pixels 0.94 × 0.94 mm apart")).toBeVisible();
  });

  it("gives the spacing in the order of the sides that it goes with", () => {
    const { input } = aPrediction();
    show({ input: { ...input, width_px: 320, height_px: 160, spacing_mm: [1.5, 0.75] } });
    expect(screen.getByText("320 × 160 px")).toBeVisible();
    expect(screen.getByText("PNG, pixels 0.75 × 1.50 mm apart")).toBeVisible();
  });

  it("names every sequence that the answer rests on, and what it leaves out", () => {
    show({ sequences_used: ["FLAIR", "T2"], outputs_withheld: [WITHHELD.core] });
    expect(screen.getByText("FLAIR, T2")).toBeVisible();
    const region = screen.getByRole("region", { name: "Left out of this answer" });
    expect(region).toHaveTextContent("Enhancing core");
    expect(region).toHaveTextContent(WITHHELD.core.detail);
  });

  it("has no such list where nothing is left out", () => {
    show();
    expect(screen.queryByText("Left out of this answer")).not.toBeInTheDocument();
  });

  it("warns above all else of an answer that was forced, with the API's reason once", () => {
    show({ warnings: ["This image would have been refused."] });
    const alert = screen.getByRole("alert");
    expect(alert).toHaveTextContent("answered because you insisted");
    expect(alert).toHaveTextContent("No measurement stands behind this answer");
    expect(screen.getAllByText("This image would have been refused.")).toHaveLength(1);
    expect(alert).toContainElement(screen.getByText("This image would have been refused."));
    expect(screen.getByText("what the slice was read as")).toBeVisible();
    expect(screen.queryByText("all that the answer rests on")).not.toBeInTheDocument();
  });

  it("leaves out a stage that was not run", () => {
    show({ timings_ms: { read: 1, preprocess: 2, run: 3, total: 6 } });
    expect(screen.getByText("read 1.0 ms, preprocess 2.0 ms, run 3.0 ms")).toBeVisible();
  });

  it("goes back for another slice", async () => {
    const onAnother = vi.fn();
    show({}, onAnother);
    await userEvent.click(screen.getByRole("button", { name: "Another slice" }));
    expect(onAnother).toHaveBeenCalledOnce();
  });
});
