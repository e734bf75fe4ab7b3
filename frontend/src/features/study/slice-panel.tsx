import { useId, type RefObject } from "react";
import type { StudyPrediction } from "../../api/study-types";
import type { AxialAxis } from "../../domain/study-axis";
import { SliceJumps } from "./slice-jumps";
import { SliceStrip, describeSlice } from "./slice-strip";
import { StripLegend } from "./strip-legend";

interface SlicePanelProps {
  study: StudyPrediction;
  axis: AxialAxis;
  index: number;
  onIndex: (index: number) => void;
  slider: RefObject<HTMLDivElement | null>;
}

/** Which slice is shown, what is said of it, and the ways to another. */
export function SlicePanel({ study, axis, index, onIndex, slider }: SlicePanelProps) {
  const hintId = useId();
  return (
    <div className="space-y-4 p-5 text-sm leading-6 text-ink-soft sm:p-6">
      <p className="font-medium text-ink tabular-nums">{describeSlice(study, index)}</p>
      <SliceStrip
        study={study}
        axis={axis}
        index={index}
        onIndex={onIndex}
        slider={slider}
        hintId={hintId}
      />
      <StripLegend study={study} />
      <SliceJumps study={study} index={index} onIndex={onIndex} />
      <p id={hintId} className="text-xs leading-5">
        On the strip, arrow keys move by one slice, Page Up and Page Down by ten, Home and End to
        the ends. Anywhere here, n and p go to the next and the previous tumour slice
        {study.lesion !== null && ", l to the largest area"}.
      </p>
    </div>
  );
}
