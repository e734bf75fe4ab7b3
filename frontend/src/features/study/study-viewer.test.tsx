import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { StudyPrediction } from "../../api/study-types";
import { renderInApp } from "../../testing/render";
import { server } from "../../testing/server";
import { aStudy, aStudyJob, someSlices } from "../../testing/study-answers";
import { StudyViewer } from "./study-viewer";

const strip = () => screen.getByRole("slider", { name: "Axial slice" });
const picture = () => screen.getByRole("img", { name: /^Axial slice/ });
const NOTE = /this browser shows no volume/;

function show(changes: Partial<StudyPrediction> = {}): void {
  const study = aStudy(changes);
  renderInApp(<StudyViewer job={aStudyJob({ result: study })} study={study} />);
}

beforeEach(() => {
  Element.prototype.setPointerCapture = () => undefined;
});

describe("StudyViewer without WebGL", () => {
  it("shows pictures of the slices and says why, quietly", () => {
    show();
    expect(picture()).toHaveAttribute("src", "/api/jobs/job1/slices/3.png?overlay=outline");
    expect(screen.getByText(NOTE)).toBeVisible();
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
    expect(screen.queryByRole("radio", { name: "3-D" })).not.toBeInTheDocument();
  });

  it("shows the slice that the strip says, wherever the move came from", async () => {
    show();
    strip().focus();
    await userEvent.keyboard("{ArrowRight}");
    expect(picture()).toHaveAttribute("src", expect.stringContaining("/slices/4.png"));
    await userEvent.keyboard("n");
    expect(strip()).toHaveAttribute("aria-valuenow", "6");
    await userEvent.keyboard("p");
    expect(strip()).toHaveAttribute("aria-valuenow", "3");
    await userEvent.keyboard("p{Home}l");
    expect(strip()).toHaveAttribute("aria-valuenow", "3");
    expect(screen.getByText("Slice 3: signs of a tumour, probability 95%")).toBeVisible();
  });

  it("hears its letters from any control of the viewer", async () => {
    show();
    screen.getByRole("radio", { name: "Fill" }).focus();
    await userEvent.keyboard("n");
    expect(strip()).toHaveAttribute("aria-valuenow", "6");
  });

  it("writes band and threshold so that the slice's own probability does not read as one of them", async () => {
    const band = { low: 0.14, high: 0.4496 };
    const slices = someSlices([0.4498, 0.9]);
    show({ slices, lesion: null, slice_uncertain_band: band });
    expect(screen.getByText("uncertain, 14% to 45%")).toBeVisible();
    strip().focus();
    await userEvent.keyboard("{Home}");
    expect(screen.getByText(/^Slice 0: .*, probability 44\.98%$/)).toBeVisible();
    expect(screen.getByText("uncertain, 14% to 44.96%")).toBeVisible();
  });

  it("moves by one slice with buttons, for fingers, and says where they lead", async () => {
    show();
    const after = screen.getByRole("button", { name: "Slice after" });
    await userEvent.click(after);
    expect(strip()).toHaveAttribute("aria-valuenow", "4");
    expect(screen.getByRole("status")).toHaveTextContent(/^Slice 4: /);
    await userEvent.click(screen.getByRole("button", { name: "Next tumour slice" }));
    expect(screen.getByRole("status")).toHaveTextContent("Slice 6: signs of a tumour");
    strip().focus();
    await userEvent.keyboard("{End}");
    expect(screen.getByRole("status")).toBeEmptyDOMElement();
    expect(after).toHaveAttribute("aria-disabled", "true");
    await userEvent.click(screen.getByRole("button", { name: "Slice before" }));
    expect(strip()).toHaveAttribute("aria-valuenow", "6");
  });

  it("asks for the picture with the mask that is chosen", async () => {
    show();
    await userEvent.click(screen.getByRole("radio", { name: "Fill" }));
    expect(picture()).toHaveAttribute("src", expect.stringContaining("overlay=fill"));
    await userEvent.click(screen.getByRole("radio", { name: "None" }));
    expect(picture()).toHaveAttribute("src", expect.stringContaining("overlay=none"));
  });

  it("says which side is which", () => {
    show();
    expect(screen.getByText(/right is on the left of the picture/)).toBeVisible();
    const letters = [...document.querySelectorAll("[data-edge]")].map(
      ({ textContent }) => textContent,
    );
    // The API draws left and right into its pictures.
    expect(letters).toEqual(["A", "P"]);
  });

  it("offers no mask where nothing is outlined", () => {
    show({ lesion: null });
    expect(screen.queryByRole("radio", { name: "Fill" })).not.toBeInTheDocument();
  });
});

describe("StudyViewer with WebGL", () => {
  beforeEach(() => {
    const context = { getExtension: () => null } as unknown as RenderingContext;
    vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(context);
  });

  it("shows a picture while the volume loads, and no note", () => {
    server.use(http.get("*/api/jobs/job1/:name", () => new Promise<never>(() => undefined)));
    show();
    expect(screen.getByText("Loading the volume…")).toBeVisible();
    expect(picture()).toBeVisible();
    expect(screen.getByRole("radio", { name: "3-D" })).toBeVisible();
    expect(screen.queryByText(NOTE)).not.toBeInTheDocument();
  });

  it("falls back to pictures where the volume does not come", async () => {
    server.use(http.get("*/api/jobs/job1/:name", () => new HttpResponse(null, { status: 410 })));
    show();
    await waitFor(() => {
      expect(screen.getByText(NOTE)).toBeVisible();
    });
    expect(screen.queryByText("Loading the volume…")).not.toBeInTheDocument();
    expect(picture()).toBeVisible();
  });
});
