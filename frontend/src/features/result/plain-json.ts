import type { Prediction } from "../../api/wire";

/** The answer of the API as indented JSON, without the two pictures: they are most of its bytes. */
export function toPlainJson(prediction: Prediction): string {
  return JSON.stringify({ ...prediction, heatmap: undefined, preview: undefined }, null, 2);
}
