import { toReaderWords } from "../domain/api-words";
import { Notice } from "./notice";

interface ForcedNoticeProps {
  /** What was sent: "slice" or "study". */
  kind: "slice" | "study";
  warnings: readonly string[];
}

/** Over an answer to what was refused first; the API's own warnings are its reasons. */
export function ForcedNotice({ kind, warnings }: ForcedNoticeProps) {
  return (
    <Notice kind="error" role="alert">
      <p className="text-base font-semibold">Refused at first, answered because you insisted</p>
      <p className="mt-1">
        No measurement stands behind this answer: the model’s figures are of axial FLAIR of the
        brain, and this {kind} was not taken for that.
      </p>
      {warnings.map((warning) => (
        <p key={warning} className="mt-2 text-ink-soft">
          {toReaderWords(warning)}
        </p>
      ))}
    </Notice>
  );
}
