import type { StudyInput, StudyPrediction, VolumeLesion } from "../api/study-types";
import { isForced } from "./api-words";
import {
  formatArea,
  formatCount,
  formatLength,
  formatMilliseconds,
  formatWhole,
  shortHash,
} from "./format";
import { countLabels } from "./study-slices";

/** A name, its value, and what else is worth saying about it. */
export interface StudyFact {
  name: string;
  value: string;
  note: string | null;
}

/** A volume in mL; under 10, a decimal more is still worth reading. */
export function formatVolume(millilitres: number): string {
  if (millilitres > 0 && millilitres < 0.05) return "<0.1 mL";
  return `${millilitres.toFixed(1)} mL`;
}

/** What is measured of the outlined lesion. */
export function toLesionFacts(lesion: VolumeLesion): StudyFact[] {
  return [
    { name: "Volume", value: formatVolume(lesion.volume_ml), note: null },
    {
      name: "Longest diameter",
      value: `${formatLength(lesion.longest_axial_diameter_mm)} mm`,
      note: "within one axial slice",
    },
    {
      name: "Largest area",
      value: formatArea(lesion.largest_area_mm2),
      note: `in slice ${lesion.slice_of_largest_area}`,
    },
    { name: "Outlined in", value: formatCount(lesion.slices, "slice"), note: null },
    { name: "Separate parts", value: formatWhole(lesion.components), note: null },
  ];
}

/** How the slices fell: "12 with signs of a tumour, 3 uncertain, 40 without, 2 empty". */
export function describeCounts(slices: StudyPrediction["slices"]): string {
  const { tumor, uncertain, no_tumor, empty } = countLabels(slices);
  const parts = [`${tumor} with signs of a tumour`];
  if (uncertain > 0) parts.push(`${uncertain} uncertain`);
  parts.push(`${no_tumor} without`);
  if (empty > 0) parts.push(`${empty} empty and not judged`);
  return parts.join(", ");
}

/** Files of a DICOM series have numbers of their own, from 1 and in any order. */
function describeNumbers({ format }: StudyInput): string {
  return `numbered from 0, ${format === "dicom" ? "by where they lie" : "as in the file"}`;
}

const RUNS_TO: Record<string, string> = {
  R: "right",
  L: "left",
  A: "front",
  P: "back",
  S: "head",
  I: "feet",
};

/** "L P S: the array's axes run to the patient's left, back and head." */
export function describeOrientation(orientation: string): string {
  const [first, second, third] = Array.from(orientation, (letter) => RUNS_TO[letter] ?? letter);
  return `the array’s axes run to the patient’s ${first ?? "?"}, ${second ?? "?"} and ${third ?? "?"}`;
}

function toInputFacts(input: StudyInput): StudyFact[] {
  const spacing = input.spacing_mm.map((side) => side.toFixed(2)).join(" × ");
  return [
    {
      name: "Scan",
      value: `${input.shape.join(" × ")} voxels`,
      note: `${FORMATS[input.format] ?? input.format}, ${spacing} mm apart`,
    },
    {
      name: "Orientation",
      value: input.orientation,
      note: describeOrientation(input.orientation),
    },
  ];
}

/** A service that is newer than this app may read more; it names them then. */
const FORMATS: Partial<Record<string, string>> = {
  nifti: "NIfTI",
  metaimage: "MetaImage",
  dicom: "DICOM",
};

function describeSequences({ input, sequences_used: used, warnings }: StudyPrediction): string {
  const unused = input.sequences_given.filter((sequence) => !used.includes(sequence));
  if (unused.length > 0) return `given too, and not used: ${unused.join(", ")}`;
  return isForced(warnings) ? "what the scan was read as" : "all that the answer rests on";
}

const STAGES = ["read", "preprocess", "run", "outline"] as const;

function describeStages(timings: StudyPrediction["timings_ms"]): string | null {
  const stages = STAGES.flatMap((stage) => {
    const value = timings[stage];
    return value === undefined ? [] : [`${stage} ${formatMilliseconds(value)}`];
  });
  return stages.length === 0 ? null : stages.join(", ");
}

/** What was read, by which model, and how long it took. */
export function toStudyFacts(prediction: StudyPrediction): StudyFact[] {
  const { input, model, slices, timings_ms: timings } = prediction;
  const facts: StudyFact[] = [
    ...toInputFacts(input),
    {
      name: "Slices",
      value: `${slices.length} axial`,
      note: `${describeCounts(slices)}; ${describeNumbers(input)}`,
    },
    {
      name: "Sequences",
      value: prediction.sequences_used.join(", "),
      note: describeSequences(prediction),
    },
  ];
  if (input.series !== null) {
    const { number, of, reason } = input.series;
    facts.push({ name: "Series", value: `${number} of ${of}`, note: reason });
  }
  facts.push({
    name: "Model",
    value: `${model.name} ${model.version}`,
    note: `SHA-256 ${shortHash(model.sha256)}…`,
  });
  if (timings.total !== undefined) {
    facts.push({
      name: "Time",
      value: formatMilliseconds(timings.total),
      note: describeStages(timings),
    });
  }
  facts.push({ name: "Answer", value: prediction.id, note: null });
  return facts;
}
