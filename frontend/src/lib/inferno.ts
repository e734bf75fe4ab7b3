export type Rgb = readonly [red: number, green: number, blue: number];

/**
 * Coefficients of a sixth-degree polynomial through matplotlib's inferno map (perceptual, readable
 * with every colour blindness). Source: Matt Zucker, "Viridis color maps", CC0.
 */
const COEFFICIENTS: readonly Rgb[] = [
  [0.0002189403691192265, 0.001651004631001012, -0.01948089843709184],
  [0.1065134194856116, 0.5639564367884091, 3.932712388889277],
  [11.60249308247187, -3.972853965665698, -15.9423941062914],
  [-41.70399613139459, 17.43639888205313, 44.35414519872813],
  [77.162935699427, -33.40235894210092, -81.80730925738993],
  [-71.31942824499214, 32.62606426397723, 73.20951985803202],
  [25.13112622477341, -12.24266895238567, -23.07032500287172],
];

function toByte(channel: number): number {
  return Math.round(Math.min(1, Math.max(0, channel)) * 255);
}

/** Colour of a value in [0, 1]; bytes. */
export function inferno(value: number): Rgb {
  const t = Math.min(1, Math.max(0, value));
  let red = 0;
  let green = 0;
  let blue = 0;
  for (const [r, g, b] of COEFFICIENTS.toReversed()) {
    red = red * t + r;
    green = green * t + g;
    blue = blue * t + b;
  }
  return [toByte(red), toByte(green), toByte(blue)];
}

/** The map as a CSS gradient, from no evidence on the left to the strongest on the right. */
export function infernoGradient(stops = 12): string {
  const colours = Array.from({ length: stops }, (_, index) => {
    const [red, green, blue] = inferno(index / (stops - 1));
    return `rgb(${red} ${green} ${blue})`;
  });
  return `linear-gradient(to right, ${colours.join(", ")})`;
}
