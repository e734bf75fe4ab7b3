import { fireEvent, render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Prediction } from "../../api/wire";
import { aPrediction } from "../../testing/answers";
import { SliceViewer } from "./slice-viewer";

function without(...keys: ("heatmap" | "preview")[]): Prediction {
  const prediction = aPrediction();
  for (const key of keys) Reflect.deleteProperty(prediction, key);
  return prediction;
}

describe("SliceViewer", () => {
  it("shows the preview of the API in the shape of the slice", () => {
    render(<SliceViewer prediction={aPrediction()} fileName="slice.dcm" />);
    const image = screen.getByRole("img", { name: "The slice slice.dcm, windowed for viewing" });
    expect(image).toHaveAttribute("src", expect.stringMatching(/^data:image\/png/));
    expect(image.parentElement).toHaveStyle({ aspectRatio: "240 / 200" });
  });

  it("fades the heat map with the slider", () => {
    render(<SliceViewer prediction={aPrediction()} fileName="slice.png" />);
    const slider = screen.getByRole("slider", { name: "Heat map opacity" });
    fireEvent.change(slider, { target: { value: "20" } });
    expect(screen.getByText("20%")).toBeVisible();
    expect(screen.getByRole("img", { name: /Heat map/ })).toHaveStyle({ opacity: "0.2" });
  });

  it("never calls the heat map an outline", () => {
    render(<SliceViewer prediction={aPrediction()} fileName="slice.png" />);
    expect(screen.getByText(/It is not an outline of a tumour/)).toBeVisible();
    expect(document.body).not.toHaveTextContent(/segmentation|mask/i);
  });

  it("says so when the model gives no heat map", () => {
    render(<SliceViewer prediction={without("heatmap")} fileName="slice.png" />);
    expect(screen.getByText("This model gives no heat map.")).toBeVisible();
    expect(screen.queryByRole("slider")).not.toBeInTheDocument();
  });

  it("says so when no preview came", () => {
    render(<SliceViewer prediction={without("heatmap", "preview")} fileName="slice.png" />);
    expect(screen.getByText("No preview came with this result")).toBeVisible();
  });
});
