import { contours } from "d3-contour";

type Point = readonly [x: number, y: number];

/** Halfway between black and white: where a mask's edge runs. */
const EDGE = 127.5;

/** Coordinates are quarters of a pixel at the finest: two decimals hold them all. */
function write([x, y]: Point): string {
  return `${+x.toFixed(2)} ${+y.toFixed(2)}`;
}

function middle(a: Point, b: Point): Point {
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
}

/**
 * One ring as a closed quadratic B-spline of its corners (the limit of Chaikin's corner cutting):
 * no staircase at any zoom, and nowhere more than a quarter of a pixel from the ring.
 */
function toSmoothPath(ring: readonly Point[]): string {
  const [first] = ring;
  const last = ring.at(-1);
  if (first === undefined || last === undefined) return "";
  let path = `M${write(middle(last, first))}`;
  for (const [index, corner] of ring.entries()) {
    const next = ring[index + 1] ?? first;
    path += `Q${write(corner)} ${write(middle(corner, next))}`;
  }
  return `${path}Z`;
}

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The smallest upright rectangle around what is in the mask, or null where it is empty. */
function findBox(mask: Uint8Array, width: number): Box | null {
  let [left, right, top, bottom] = [width, -1, -1, -1];
  for (let at = 0; at < mask.length; at += 1) {
    if ((mask[at] ?? 0) < EDGE) continue;
    const x = at % width;
    bottom = (at - x) / width;
    if (top < 0) top = bottom;
    if (x < left) left = x;
    if (x > right) right = x;
  }
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

function crop(mask: Uint8Array, rowLength: number, { left, top, width, height }: Box): number[] {
  return Array.from({ length: height }, (_, row) => {
    const start = (top + row) * rowLength + left;
    return Array.from(mask.subarray(start, start + width));
  }).flat();
}

/**
 * Trace the outline of a mask as SVG path data, on the mask's grid: pixel (0, 0) fills the square
 * from "0 0" to "1 1". Holes are rings of their own, for the even-odd rule; an empty mask gives "".
 *
 * mask: uint8 [height * width] by rows, 255 in the lesion and 0 elsewhere.
 */
export function toOutlinePath(mask: Uint8Array, width: number): string {
  // Most of a slice is no lesion, and tracing millions of pixels would hold up the page.
  const box = findBox(mask, width);
  if (box === null) return "";
  const traced = contours()
    .size([box.width, box.height])
    .contour(crop(mask, width, box), EDGE);
  return traced.coordinates
    .flat()
    .map((ring) => {
      // GeoJSON repeats the first corner at the end of a ring.
      const corners = ring.slice(0, -1).map(([x = 0, y = 0]): Point => [box.left + x, box.top + y]);
      return toSmoothPath(corners);
    })
    .join("");
}
