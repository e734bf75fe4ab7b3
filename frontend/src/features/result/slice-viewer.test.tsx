import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { Prediction } from "../../api/wire";
import { aLesion, aPrediction, MASK, WITHHELD } from "../../testing/answers";
import { SliceViewer } from "./slice-viewer";

const OUTLINED: Partial<Prediction> = { mask: MASK, lesion: aLesion() };

function show(changes: Partial<Prediction> = {}): () => void {
  const { unmount } = render(
    <SliceViewer prediction={aPrediction(changes)} fileName="slice.dcm" />,
  );
  return unmount;
}

function without(...keys: ("heatmap" | "preview")[]): Prediction {
  const prediction = aPrediction();
  for (const key of keys) Reflect.deleteProperty(prediction, key);
  return prediction;
}

function chosen(): string {
  const radio = screen.getAllByRole<HTMLInputElement>("radio").find(({ checked }) => checked);
  return radio?.labels?.[0]?.textContent ?? "";
}

describe("SliceViewer", () => {
  it("shows the preview of the API in the shape of the slice", () => {
    show();
    const image = screen.getByRole("img", { name: "The slice slice.dcm, windowed for viewing" });
    expect(image).toHaveAttribute("src", expect.stringMatching(/^data:image\/png/));
    expect(image.parentElement).toHaveStyle({ aspectRatio: "1.2" });
  });

  it("has the shape of the head where the pixels are not square", () => {
    const { input } = aPrediction();
    show({ input: { ...input, width_px: 256, height_px: 128, spacing_mm: [1.8, 0.9] } });
    const image = screen.getByRole("img", { name: /^The slice/ });
    expect(image.parentElement).toHaveStyle({ aspectRatio: "1", maxWidth: "calc(80vh * 1)" });
  });

  it("says that the sides of a single slice are not marked", () => {
    show();
    expect(screen.getByText(/do not read left and right from it/)).toBeVisible();
  });

  it("begins with the outline of a lesion, and says that outline and heat map are two things", () => {
    show(OUTLINED);
    expect(chosen()).toBe("Outline");
    expect(screen.getByText(/The outline says where the lesion is/)).toBeVisible();
    expect(screen.getByText(/The heat map says where the classifier looked/)).toBeVisible();
    expect(screen.queryByRole("slider")).not.toBeInTheDocument();
  });

  it("shows one of outline, heat map and nothing, by keyboard", async () => {
    show(OUTLINED);
    await userEvent.tab();
    await userEvent.keyboard("{ArrowRight}");
    expect(chosen()).toBe("Heat map");
    expect(screen.getByRole("img", { name: /^Heat map/ })).toBeInTheDocument();
    await userEvent.keyboard("{ArrowRight}");
    expect(chosen()).toBe("None");
    expect(screen.getAllByRole("img")).toHaveLength(1);
  });

  it("remembers the choice for the next result in this tab", async () => {
    const leave = show(OUTLINED);
    await userEvent.click(screen.getByRole("radio", { name: "None" }));
    leave();
    show(OUTLINED);
    expect(chosen()).toBe("None");
  });

  it("fades the heat map with the slider", () => {
    show();
    const slider = screen.getByRole("slider", { name: "Heat map opacity" });
    fireEvent.change(slider, { target: { value: "20" } });
    expect(screen.getByText("20%")).toBeVisible();
    expect(screen.getByRole("img", { name: /Heat map/ })).toHaveStyle({ opacity: "0.2" });
  });

  it("never calls the heat map an outline, and says why there is none", () => {
    show({ outputs_withheld: [WITHHELD.mask] });
    expect(screen.queryByRole("radio", { name: "Outline" })).not.toBeInTheDocument();
    expect(screen.getByText(/It is not an outline of a tumour/)).toBeVisible();
    expect(screen.getByText(`No outline: ${WITHHELD.mask.detail}`)).toBeVisible();
  });

  it("offers no choice where there is nothing to choose", () => {
    render(<SliceViewer prediction={without("heatmap")} fileName="slice.png" />);
    expect(screen.getByText("No heat map: this model gives none.")).toBeVisible();
    expect(screen.queryByRole("radio")).not.toBeInTheDocument();
    expect(screen.queryByRole("slider")).not.toBeInTheDocument();
  });

  it("says so when no preview came", () => {
    render(<SliceViewer prediction={without("heatmap", "preview")} fileName="slice.png" />);
    expect(screen.getByText("No preview came with this result")).toBeVisible();
  });
});
