import { render, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { PIXEL } from "../testing/answers";
import { HeatMapCanvas } from "./heat-map-canvas";

/** A drawing context that decodes every image to one white pixel and keeps what is put back. */
function stubContext(): { put: Uint8ClampedArray[] } {
  const put: Uint8ClampedArray[] = [];
  const context = {
    drawImage: () => undefined,
    getImageData: () => ({ data: new Uint8ClampedArray([255, 255, 255, 255]) }),
    putImageData: ({ data }: ImageData) => put.push(data),
  };
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(
    context as unknown as CanvasRenderingContext2D,
  );
  return { put };
}

describe("HeatMapCanvas", () => {
  it("colours the grey picture", async () => {
    const { put } = stubContext();
    render(<HeatMapCanvas source={PIXEL} opacity={0.5} />);
    await vi.waitFor(() => {
      expect(screen.getByRole("img")).toHaveAttribute("data-state", "drawn");
    });
    expect(put).toHaveLength(1);
    expect(put[0]?.[2]).toBeLessThan(200);
    expect(put[0]?.[3]).toBe(255);
  });

  it("is as opaque as it is told, without drawing again", async () => {
    const { put } = stubContext();
    const { rerender } = render(<HeatMapCanvas source={PIXEL} opacity={0.5} />);
    await vi.waitFor(() => {
      expect(put).toHaveLength(1);
    });
    rerender(<HeatMapCanvas source={PIXEL} opacity={0.2} />);
    expect(screen.getByRole("img")).toHaveStyle({ opacity: "0.2" });
    expect(put).toHaveLength(1);
  });

  it("says so when the picture cannot be decoded", async () => {
    HTMLImageElement.prototype.decode = () => Promise.reject(new Error("bad image"));
    render(<HeatMapCanvas source="data:image/png;base64,AAAA" opacity={0.5} />);
    expect(await screen.findByRole("alert")).toHaveTextContent("could not be drawn");
  });

  it("says so when the browser gives no canvas", async () => {
    render(<HeatMapCanvas source={PIXEL} opacity={0.5} />);
    expect(await screen.findByRole("alert")).toBeVisible();
  });
});
