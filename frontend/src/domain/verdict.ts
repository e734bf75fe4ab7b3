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
  const inBand = `The probability lies inside ${band}.`;
  switch (uncertain?.reason) {
    case "out_of_distribution":
      return "This slice is unlike the slices that the model knows, so its probability may not hold.";
    case "both_sides_alike":
      return "What is outlined lies on both sides of the head alike, as white matter disease does and a tumour seldom.";
    case "probability_in_band":
    case "slices_disagree":
    case undefined:
      return inBand;
    default:
      // A service that is newer than this app says it in its own words.
      return uncertain?.detail ?? inBand;
  }
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
