import type { ReactNode } from "react";
import type { StudyPrediction } from "../../api/study-types";
import { formatBeside, formatProbability } from "../../domain/format";

function Entry({ sign, children }: { sign: ReactNode; children: ReactNode }) {
  return (
    <li className="flex items-center gap-2">
      <span aria-hidden className="grid w-5 shrink-0 place-items-center forced-color-adjust-none">
        {sign}
      </span>
      {children}
    </li>
  );
}

interface StripLegendProps {
  study: StudyPrediction;
  /** Of the slice whose probability stands beside it: no figure here may read the same and be another. */
  index: number;
}

/** What the signs of the strip mean. */
export function StripLegend({ study, index }: StripLegendProps) {
  const { slices, slice_threshold: threshold, slice_uncertain_band: band } = study;
  const probability = slices.find((slice) => slice.index === index)?.probability ?? null;
  const write = (mark: number) =>
    probability === null ? formatProbability(mark) : formatBeside(mark, probability);
  return (
    <ul className="flex flex-wrap gap-x-5 gap-y-1.5 text-xs text-ink-soft">
      <Entry sign={<span className="h-2.5 w-5 rounded-xs bg-tumor" />}>signs of a tumour</Entry>
      <Entry sign={<span className="hatched h-2 w-5 border border-uncertain bg-uncertain-soft" />}>
        uncertain, {write(band.low)} to {write(band.high)}
      </Entry>
      <Entry sign={<span className="h-0.5 w-5 bg-normal" />}>no sign</Entry>
      <Entry sign={<span className="w-5 border-t-2 border-dotted border-line-strong" />}>
        empty, not judged
      </Entry>
      <Entry sign={<span className="w-5 border-t-2 border-dashed border-ink" />}>
        threshold of a slice, {write(threshold)}
      </Entry>
    </ul>
  );
}
