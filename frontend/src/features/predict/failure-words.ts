import {
  CircleAlert,
  FileX,
  Hourglass,
  ScanEye,
  ServerOff,
  Weight,
  type LucideIcon,
} from "lucide-react";
import { canForce, type Failure } from "../../domain/failure";

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
  multiple_frames: "The file holds more than one slice",
  not_brain_mr: "This was not taken for MR of a brain",
  wrong_sequence: "This was taken for another sequence than FLAIR",
};

/** Say a failure in words: what happened, and what the reader can do. */
export function toFailureWords(failure: Failure): FailureWords {
  switch (failure.kind) {
    case "api_down":
      return {
        icon: ServerOff,
        tone: "fault",
        title: "The service does not answer",
        what: "Your slice could not be sent. Either the prediction service is not running, or the network between it and you is down.",
        next: "The slice is still chosen here. Try again when the service is back.",
      };
    case "not_ready":
      return {
        icon: Hourglass,
        tone: "fault",
        title: "The model is not ready yet",
        what: failure.detail,
        next: "It usually takes a few seconds after a start. The slice is still chosen here.",
      };
    case "too_large":
      return {
        icon: Weight,
        tone: "fault",
        title: "The file is too large",
        what: failure.detail ?? "The file is larger than this service accepts.",
        next: "Send one slice only, as PNG or JPEG, at the size that the scanner gave it.",
      };
    case "refused":
      return {
        icon: canForce(failure) ? ScanEye : FileX,
        tone: canForce(failure) ? "refusal" : "fault",
        title: REFUSED_TITLES[failure.code] ?? failure.title,
        what: failure.detail,
        next: "Nothing was predicted and nothing was kept. Choose another slice.",
      };
    case "unknown":
      return {
        icon: CircleAlert,
        tone: "fault",
        title: "Something went wrong in the service",
        what: failure.detail ?? "The service gave an answer that this app does not know.",
        next: "Try again. If it comes back, report it with the numbers below.",
      };
  }
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
