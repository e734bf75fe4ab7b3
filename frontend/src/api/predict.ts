import { requestJson } from "./request";
import type { Prediction } from "./wire";

/** Heat map and mask, each with the preview that they are drawn over. */
const WITH_PICTURES = "explain=true&mask=true";

/**
 * Send one slice and return its prediction with mask, heat map and preview. Forced, the API answers
 * for what it would else refuse as not its own, and warns.
 */
export async function predictSlice(
  file: File,
  forced: boolean,
  signal: AbortSignal,
): Promise<Prediction> {
  const body = new FormData();
  body.append("file", file);
  const path = `/predict?${WITH_PICTURES}${forced ? "&force=true" : ""}`;
  return (await requestJson(path, { method: "POST", body, signal })) as Prediction;
}
