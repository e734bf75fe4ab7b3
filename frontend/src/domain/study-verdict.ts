import type { StudyPrediction } from "../api/study-types";
import { formatBeside } from "./format";
import type { Verdict } from "./verdict";

/** Say a study's label in words, and why it fell so; the API's own reason where it is uncertain. */
export function toStudyVerdict(prediction: StudyPrediction): Verdict {
  const threshold = formatBeside(prediction.threshold, prediction.probability);
  switch (prediction.label) {
    case "tumor":
      return {
        tone: "tumor",
        heading: "Signs of a tumour",
        reason: `The study’s probability lies above its threshold of ${threshold}.`,
      };
    case "no_tumor":
      return {
        tone: "no_tumor",
        heading: "No sign of a tumour",
        reason: `The study’s probability lies below its threshold of ${threshold}.`,
      };
    case "uncertain":
      return {
        tone: "uncertain",
        heading: "Uncertain",
        reason: `${prediction.uncertain?.detail ?? "The model does not decide."} A person has to decide here.`,
      };
  }
}

/** Where slices and outline, asked apart, do not agree: then neither is to be taken alone. */
export function toStudyDoubt(study: StudyPrediction): string | null {
  const { label, lesion, outputs_withheld: withheld } = study;
  // A model that outlines nothing has given one answer, not two.
  if (withheld.some(({ output }) => output === "mask")) return null;
  if (label === "no_tumor" && lesion !== null) {
    return "The study shows no sign of a tumour to the classifier, yet something is outlined: the two do not agree.";
  }
  if (label === "tumor" && lesion === null) {
    return "The classifier sees signs of a tumour, yet nothing is outlined: the two do not agree.";
  }
  return null;
}
