import { inferno } from "./inferno";

/** Under this value nothing is drawn: the foot of a heat map is noise, and it would veil the slice. */
const CLEAR_BELOW = 0.08;
/** From this value on the colour covers the slice as far as the opacity slider lets it. */
const OPAQUE_FROM = 0.55;

/** How much of the colour covers the slice at a value in [0, 1]: a smooth step between the bounds. */
export function coverage(value: number): number {
  const t = Math.min(1, Math.max(0, (value - CLEAR_BELOW) / (OPAQUE_FROM - CLEAR_BELOW)));
  return t * t * (3 - 2 * t);
}

/** RGBA for each of the 256 grey values, so that a pixel costs a look-up. */
const TABLE: readonly (readonly [number, number, number, number])[] = Array.from(
  { length: 256 },
  (_, grey) => {
    const value = grey / 255;
    return [...inferno(value), Math.round(coverage(value) * 255)] as const;
  },
);

/** Turn grey RGBA pixels (uint8, evidence in the red channel) into coloured ones, in place. */
export function colourHeatMap(pixels: Uint8ClampedArray): void {
  for (let offset = 0; offset < pixels.length; offset += 4) {
    const colour = TABLE[pixels[offset] ?? 0];
    if (colour !== undefined) pixels.set(colour, offset);
  }
}
