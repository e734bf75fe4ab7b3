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

/** RGBA for each of the 256 grey values, a pixel in one number: a large slice has millions to look up. */
const TABLE = new Uint32Array(
  Uint8Array.from(
    Array.from({ length: 256 }, (_, grey) => {
      const value = grey / 255;
      return [...inferno(value), Math.round(coverage(value) * 255)];
    }).flat(),
  ).buffer,
);

/** Turn grey RGBA pixels (uint8, evidence in the red channel) into coloured ones, in place. */
export function colourHeatMap(pixels: Uint8ClampedArray): void {
  const colours = new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.length / 4);
  for (let at = 0; at < colours.length; at += 1) {
    colours[at] = TABLE[pixels[4 * at] ?? 0] ?? 0;
  }
}
