import { contours } from "d3-contour";
import { describe, expect, it, vi } from "vitest";
import { toOutlinePath } from "./outline-path";

vi.mock("d3-contour", { spy: true });

/** Draw a mask from rows of text: "#" is lesion. */
function trace(...rows: string[]): string {
  const pixels = rows.flatMap((row) => Array.from(row, (mark) => (mark === "#" ? 255 : 0)));
  return toOutlinePath(Uint8Array.from(pixels), rows[0]?.length ?? 0);
}

function ringsOf(path: string): string[] {
  return path.split("Z").filter((ring) => ring !== "");
}

/** Every coordinate pair on the path, control points included. */
function pointsOf(path: string): { x: number; y: number }[] {
  const numbers = [...path.matchAll(/-?[\d.]+/g)].map(([text]) => Number(text));
  return numbers.flatMap((x, index) => {
    const y = numbers[index + 1];
    return index % 2 === 0 && y !== undefined ? [{ x, y }] : [];
  });
}

function boxOf(path: string): number[] {
  const xs = pointsOf(path).map(({ x }) => x);
  const ys = pointsOf(path).map(({ y }) => y);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

describe("toOutlinePath", () => {
  it("draws nothing for an empty mask", () => {
    expect(trace("....", "....", "....")).toBe("");
    expect(trace()).toBe("");
  });

  it("runs around the pixels on the mask's own grid", () => {
    const path = trace("....", ".##.", ".##.", "....");
    expect(ringsOf(path)).toHaveLength(1);
    expect(boxOf(path)).toEqual([1, 1, 3, 3]);
  });

  it("outlines a single pixel", () => {
    expect(boxOf(trace("...", ".#.", "..."))).toEqual([1, 1, 2, 2]);
  });

  it("closes along the border where the mask touches it", () => {
    const path = trace("##..", "##..", "....");
    expect(ringsOf(path)).toHaveLength(1);
    expect(boxOf(path)).toEqual([0, 0, 2, 2]);
    expect(boxOf(trace("###", "###"))).toEqual([0, 0, 3, 2]);
  });

  it("touches the far borders too", () => {
    expect(boxOf(trace("....", "..##", "..##"))).toEqual([2, 1, 4, 3]);
  });

  it("gives a hole a ring of its own, turning the other way", () => {
    const path = trace("#####", "#...#", "#...#", "#...#", "#####");
    const [outer, hole] = ringsOf(path);
    expect(ringsOf(path)).toHaveLength(2);
    expect(boxOf(outer ?? "")).toEqual([0, 0, 5, 5]);
    expect(boxOf(hole ?? "")).toEqual([1, 1, 4, 4]);
  });

  it("outlines every component", () => {
    const path = trace("##....", "##....", "......", "....##", "....##");
    expect(ringsOf(path).map(boxOf)).toEqual([
      [0, 0, 2, 2],
      [4, 3, 6, 5],
    ]);
  });

  it("keeps an island in a hole", () => {
    expect(ringsOf(trace("#####", "#...#", "#.#.#", "#...#", "#####")).map(boxOf)).toEqual(
      expect.arrayContaining([[2, 2, 3, 3]]),
    );
  });

  it("traces no more of a large slice than the lesion, and leaves it where it lies", () => {
    const width = 2000;
    const pixels = new Uint8Array(width * 1000);
    for (const row of [700, 701, 702]) pixels.fill(255, row * width + 1500, row * width + 1504);
    expect(boxOf(toOutlinePath(pixels, width))).toEqual([1500, 700, 1504, 703]);
    const traced = vi.mocked(contours).mock.results.at(-1)?.value as ReturnType<typeof contours>;
    expect(traced.size()).toEqual([4, 3]);
  });

  it("is smooth: curves only, and closed", () => {
    expect(trace("...", ".#.", "...")).toMatch(/^M[^A-Y]+(Q[^A-Z]+)+Z$/);
  });
});
