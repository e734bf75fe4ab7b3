import { toPath } from "../domain/upload";
import { requestJson } from "./request";
import type { StudyPrediction } from "./study-types";
import type { Prediction } from "./wire";

/** Heat map and mask, each with the preview that they are drawn over. */
const WITH_PICTURES = "explain=true&mask=true";

function isOfSlice(answer: Prediction | StudyPrediction): answer is Prediction {
  return answer.input.kind === "slice";
}

/**
 * Send the files of one slice and return its prediction with mask, heat map and preview; null where
 * they hold a volume, whatever they are called. Forced, the API answers for what it would else refuse
 * as not its own, and warns.
 */
export async function predictSlice(
  files: readonly File[],
  forced: boolean,
  signal: AbortSignal,
): Promise<Prediction | null> {
  const body = new FormData();
  for (const file of files) body.append("file", file, toPath(file));
  const path = `/predict?${WITH_PICTURES}${forced ? "&force=true" : ""}`;
  const answer = (await requestJson(path, { method: "POST", body, signal })) as
    Prediction | StudyPrediction;
  return isOfSlice(answer) ? answer : null;
}
