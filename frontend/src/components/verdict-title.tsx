import { CircleAlert, CircleCheck, CircleQuestionMark } from "lucide-react";
import type { Verdict } from "../domain/verdict";
import { useFocusOnMount } from "../lib/use-focus-on-mount";
import { ResearchNotice } from "./research-notice";

const LOOKS = {
  tumor: { icon: CircleAlert, text: "text-tumor" },
  no_tumor: { icon: CircleCheck, text: "text-normal" },
  uncertain: { icon: CircleQuestionMark, text: "text-uncertain" },
} as const;

interface VerdictTitleProps {
  verdict: Verdict;
  /** In words: "97%". */
  probability: string;
  /** What the probability is one of: "probability of a tumour in this slice". */
  caption: string;
}

/** The label in words, the probability in figures, and why the one follows from the other. */
export function VerdictTitle({ verdict, probability, caption }: VerdictTitleProps) {
  const heading = useFocusOnMount<HTMLHeadingElement>();
  const { icon: Icon, text } = LOOKS[verdict.tone];
  return (
    <>
      <ResearchNotice />
      <h2
        ref={heading}
        tabIndex={-1}
        className={`mt-6 flex items-center gap-2.5 text-2xl font-semibold tracking-tight ${text}`}
      >
        <Icon aria-hidden className="size-6 shrink-0" />
        {verdict.heading}
      </h2>
      <p className="mt-2 text-sm leading-6 text-ink-soft">{verdict.reason}</p>
      {/* A probability close to a threshold has decimals: beside it a narrow screen has no room left. */}
      <p className="mt-6 flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <span className="text-5xl font-semibold tracking-tight tabular-nums">{probability}</span>
        <span className="text-sm text-ink-soft">{caption}</span>
      </p>
    </>
  );
}
