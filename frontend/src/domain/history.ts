import type { Job, StudyLabel } from "../api/study-types";
import type { Prediction } from "../api/wire";
import { isForced } from "./api-words";
import { hasEnded } from "./job";

/** What came of it; null while that is open, "failed" where there is no answer. */
export type Outcome =
  | {
      kind: "answered";
      label: StudyLabel;
      probability: number;
      volume_ml: number | null;
      /** The answer was refused at first; older entries do not say. */
      forced?: boolean;
    }
  | { kind: "failed"; detail: string }
  | null;

/** One line of this browser's own history. The name never leaves the browser. */
export interface HistoryEntry {
  kind: "study" | "slice";
  /** Of the job, or of the slice's answer. */
  id: string;
  name: string;
  /** ISO, UTC. */
  at: string;
  /** When the service erases it, ISO, UTC; null where that is not known, and for slices. */
  expires_at: string | null;
  outcome: Outcome;
}

function toOutcome(job: Job): Outcome {
  if (job.result !== null) {
    const { label, probability, lesion, warnings } = job.result;
    const volume_ml = lesion?.volume_ml ?? null;
    return { kind: "answered", label, probability, volume_ml, forced: isForced(warnings) };
  }
  if (!hasEnded(job)) return null;
  return { kind: "failed", detail: job.error?.detail ?? "It was cancelled." };
}

/** The line of a study, as its job stands. */
export function toStudyEntry(job: Job, name: string): HistoryEntry {
  return {
    kind: "study",
    id: job.id,
    name,
    at: job.created_at,
    expires_at: job.expires_at,
    outcome: toOutcome(job),
  };
}

/** The line of a slice; its picture is not kept, so nothing can be opened again. */
export function toSliceEntry(prediction: Prediction, name: string, at: Date): HistoryEntry {
  const { id, label, probability, warnings } = prediction;
  return {
    kind: "slice",
    id,
    name,
    at: at.toISOString(),
    expires_at: null,
    outcome: {
      kind: "answered",
      label,
      probability,
      volume_ml: null,
      forced: isForced(warnings),
    },
  };
}

/** True once the service has, by its own word, erased the study. */
export function hasExpired({ expires_at: expires }: HistoryEntry, now: Date): boolean {
  return expires !== null && new Date(expires) <= now;
}

/** The latest first. */
export function sortHistory(entries: readonly HistoryEntry[]): HistoryEntry[] {
  return entries.toSorted((a, b) => b.at.localeCompare(a.at));
}
