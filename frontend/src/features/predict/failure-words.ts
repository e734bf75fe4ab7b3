import {
  CircleAlert,
  CircleOff,
  FileWarning,
  FileX,
  Hourglass,
  ListRestart,
  ScanEye,
  SearchX,
  ServerOff,
  Weight,
  type LucideIcon,
} from "lucide-react";
import { toReaderWords } from "../../domain/api-words";
import { canForce, canTryAgain, type Failure } from "../../domain/failure";

export interface FailureWords {
  icon: LucideIcon;
  /** A refusal is the service doing its work; everything else went wrong. */
  tone: "fault" | "refusal";
  title: string;
  what: string;
  next: string;
}

const REFUSED_TITLES: Readonly<Record<string, string>> = {
  no_file: "No file arrived",
  several_files: "More than one file arrived",
  empty_file: "The file is empty",
  unsupported_format: "This is not a format that the model reads",
  unreadable_image: "The image cannot be read",
  image_too_small: "The image is too small",
  blank_image: "The image is blank",
  image_too_narrow: "The image is too narrow",
  bad_archive: "The archive cannot be opened",
  voxels_missing: "The voxels of a header are missing",
  unreadable_volume: "The volume cannot be read",
  not_finite: "The volume holds values that are no numbers",
  not_stackable: "The files make no volume",
  missing_slices: "Slices are missing",
  conflicting_slices: "Slices contradict each other",
  no_flair_series: "Which series is the FLAIR?",
  several_patients: "Series of more than one patient",
  no_overlap: "The sequences do not overlap",
  not_a_volume: "This is a single slice",
  multiple_frames: "The file holds more than one slice",
  not_brain_mr: "This was not taken for MR of a brain",
  wrong_sequence: "This was taken for another sequence than FLAIR",
};

const KEPT = "The files are still chosen here.";

/**
 * Say a failure in words: what happened, and what the reader can do.
 *
 * files: how many of them are still here to be sent again; null where none is. again: whether there
 * is a button to try the same once more.
 */
export function toFailureWords(
  failure: Failure,
  files: number | null,
  again = canTryAgain(failure),
): FailureWords {
  const kept = files !== null;
  switch (failure.kind) {
    case "api_down":
      return {
        icon: ServerOff,
        tone: "fault",
        title: "The service does not answer",
        what: `${kept ? "Your files could not be sent." : "The study could not be looked up."} Either the prediction service is not running, or the network between it and you is down.`,
        next: `${kept ? KEPT : "The study is not lost."} Try again when the service is back.`,
      };
    case "unreadable":
      return {
        icon: FileWarning,
        tone: "fault",
        title: `The ${files === 1 ? "file" : "files"} can no longer be read`,
        what: "Since it was chosen, a file was changed, moved or deleted, or its disk was taken away.",
        next: "Choose the files again, as they are now.",
      };
    case "not_ready":
      return {
        icon: Hourglass,
        tone: "fault",
        title: "The service is not ready yet",
        what: toReaderWords(failure.detail),
        next: `Right after a start this is so for a few seconds.${kept ? ` ${KEPT}` : ""}`,
      };
    case "busy":
      return {
        icon: ListRestart,
        tone: "fault",
        title: "The queue is full",
        what: failure.detail,
        next: `Try again in a minute.${kept ? ` ${KEPT}` : ""}`,
      };
    case "too_large":
      return {
        icon: Weight,
        tone: "fault",
        title: "This is too large",
        what: toReaderWords(failure.detail ?? "The upload is larger than this service accepts."),
        next:
          files === 1
            ? "A smaller file may fit: one slice, one compressed series, or a zip with nothing else in it than that."
            : "Send one study at a time, with nothing else in its folder or zip.",
      };
    case "refused":
      return {
        icon: canForce(failure) ? ScanEye : FileX,
        tone: canForce(failure) || failure.code === "no_flair_series" ? "refusal" : "fault",
        title: REFUSED_TITLES[failure.code] ?? failure.title,
        what: toReaderWords(failure.detail),
        next: kept
          ? "Nothing was predicted."
          : "Nothing was predicted. Choose the files again to go on.",
      };
    case "gone":
      return {
        icon: SearchX,
        tone: "refusal",
        title: "This study is no longer there",
        what: "Studies and their files are erased from the service after a set time, or when somebody erases them. An address that was copied in part leads here too.",
        next: kept
          ? `${KEPT} Try again, and they are sent once more.`
          : "If you still have the files, send them again.",
      };
    case "cancelled":
      return {
        icon: CircleOff,
        tone: "refusal",
        title: "This study was cancelled",
        what: "It was stopped before it had an answer.",
        next: kept
          ? `${KEPT} Try again, and they are sent once more.`
          : "Send the files again for a new one.",
      };
    case "unknown":
      return {
        icon: CircleAlert,
        tone: "fault",
        title: "Something went wrong in the service",
        what: failure.detail ?? "The service gave an answer that this app does not know.",
        next: `${toWayOn(kept, again)} If it comes back, report it with ${toQuote(failure)}.`,
      };
  }
}

function toWayOn(kept: boolean, again: boolean): string {
  if (!again) return "Choose the files again.";
  return kept ? "Try again." : "Try again, or choose the files again.";
}

/** Where the words to quote stand; a study that broke off has none but its address. */
function toQuote(failure: Failure): string {
  return toReportLines(failure).length > 0 ? "what stands below" : "the address of this page";
}

/** What to quote in a report; empty where there is nothing to quote. */
export function toReportLines(failure: Failure): { name: string; value: string }[] {
  if (failure.kind === "refused") return [{ name: "Code", value: failure.code }];
  if (failure.kind !== "unknown") return [];
  const lines: { name: string; value: string }[] = [];
  if (failure.status !== null) lines.push({ name: "Status", value: String(failure.status) });
  if (failure.requestId !== null) lines.push({ name: "Request id", value: failure.requestId });
  return lines;
}
