import type { Prediction } from "../../api/wire";

/** The answer of the API as indented JSON, without its pictures: they are most of its bytes. */
export function toPlainJson(prediction: Prediction): string {
  const plain = { ...prediction, heatmap: undefined, mask: undefined, preview: undefined };
  return JSON.stringify(plain, null, 2);
}
