import type { Prediction } from "../api/wire";
import { formatBeside } from "./format";

export type Label = Prediction["label"];
export type Tone = "tumor" | "no_tumor" | "uncertain";

export interface Verdict {
  tone: Tone;
  heading: string;
  reason: string;
}

function whyUncertain(uncertain: Prediction["uncertain"], band: string): string {
  return uncertain?.reason === "out_of_distribution"
    ? "This slice is unlike the slices that the model knows, so its probability may not hold."
    : `The probability lies inside ${band}.`;
}

/** Say the label in words, and why it fell so. */
export function toVerdict(prediction: Prediction): Verdict {
  const { probability } = prediction;
  const { low, high } = prediction.uncertain_band;
  const threshold = formatBeside(prediction.threshold, probability);
  const band = `the uncertain band of ${formatBeside(low, probability)} to ${formatBeside(high, probability)}`;
  switch (prediction.label) {
    case "tumor":
      return {
        tone: "tumor",
        heading: "Signs of a tumour",
        reason: `The probability lies above the threshold of ${threshold} and above ${band}.`,
      };
    case "no_tumor":
      return {
        tone: "no_tumor",
        heading: "No sign of a tumour",
        reason: `The probability lies below the threshold of ${threshold} and below ${band}.`,
      };
    case "uncertain":
      return {
        tone: "uncertain",
        heading: "Uncertain",
        reason: `${whyUncertain(prediction.uncertain, band)} The model does not decide here; a person has to.`,
      };
  }
}
