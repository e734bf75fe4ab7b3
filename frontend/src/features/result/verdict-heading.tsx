import { CircleAlert, CircleCheck, CircleQuestionMark } from "lucide-react";
import type { Prediction } from "../../api/wire";
import { ResearchNotice } from "../../components/research-notice";
import { formatProbability } from "../../domain/format";
import { toVerdict } from "../../domain/verdict";
import { useFocusOnMount } from "../../lib/use-focus-on-mount";

const LOOKS = {
  tumor: { icon: CircleAlert, text: "text-tumor" },
  no_tumor: { icon: CircleCheck, text: "text-normal" },
  uncertain: { icon: CircleQuestionMark, text: "text-uncertain" },
} as const;

/** The label in words, the probability in figures, and why the one follows from the other. */
export function VerdictHeading({ prediction }: { prediction: Prediction }) {
  const heading = useFocusOnMount<HTMLHeadingElement>();
  const { tone, heading: words, reason } = toVerdict(prediction);
  const { icon: Icon, text } = LOOKS[tone];
  return (
    <>
      <ResearchNotice />
      <h2
        ref={heading}
        tabIndex={-1}
        className={`mt-6 flex items-center gap-2.5 text-2xl font-semibold tracking-tight ${text}`}
      >
        <Icon aria-hidden className="size-6 shrink-0" />
        {words}
      </h2>
      <p className="mt-2 text-sm leading-6 text-ink-soft">{reason}</p>
      <p className="mt-6 flex items-baseline gap-3">
        <span className="text-5xl font-semibold tracking-tight tabular-nums">
          {formatProbability(prediction.probability)}
        </span>
        <span className="text-sm text-ink-soft">probability of a tumour in this slice</span>
      </p>
    </>
  );
}
