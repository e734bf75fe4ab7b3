import { Notice } from "../../components/notice";
import { toReaderWords } from "../../domain/api-words";

/** Over an answer to an image that was refused first; the API's own warnings are its reasons. */
export function ForcedNotice({ warnings }: { warnings: readonly string[] }) {
  return (
    <Notice kind="error" role="alert">
      <p className="text-base font-semibold">Refused at first, answered because you insisted</p>
      <p className="mt-1">
        No measurement stands behind this answer: the model’s figures are of axial FLAIR slices of
        the brain, and this image was not taken for one.
      </p>
      {warnings.map((warning) => (
        <p key={warning} className="mt-2 text-ink-soft">
          {toReaderWords(warning)}
        </p>
      ))}
    </Notice>
  );
}
