import { requestJson } from "./request";
import type { Prediction } from "./wire";

/** Send one slice and return its prediction with heat map and preview. */
export async function predictSlice(file: File, signal: AbortSignal): Promise<Prediction> {
  const body = new FormData();
  body.append("file", file);
  return (await requestJson("/predict?explain=true", {
    method: "POST",
    body,
    signal,
  })) as Prediction;
}
