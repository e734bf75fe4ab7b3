/** An output that an answer leaves out, and why. */
export interface WithheldOutput {
  output: string;
  detail: string;
}

const NAMES: Partial<Record<string, string>> = {
  enhancing_core: "enhancing core",
  mask: "outline",
  area_mm2: "area in mm²",
  longest_diameter_mm: "longest diameter in mm",
  volume_ml: "volume in mL",
  longest_axial_diameter_mm: "longest diameter in mm",
};

/** Outputs that are left out for one and the same reason. */
export interface WithheldGroup {
  names: string;
  detail: string;
}

function toTitle(names: readonly string[]): string {
  const words = names.join(", ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Name what an answer leaves out in plain words, with each reason once. */
export function groupWithheld(withheld: readonly WithheldOutput[]): WithheldGroup[] {
  const names = new Map<string, string[]>();
  for (const { output, detail } of withheld) {
    names.set(detail, [...(names.get(detail) ?? []), NAMES[output] ?? output.replaceAll("_", " ")]);
  }
  return [...names].map(([detail, outputs]) => ({ names: toTitle(outputs), detail }));
}
