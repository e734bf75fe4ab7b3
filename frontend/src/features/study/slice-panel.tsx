import { Minus, Plus } from "lucide-react";
import { useId, useState, type RefObject } from "react";
import type { StudyPrediction } from "../../api/study-types";
import { Button } from "../../components/button";
import { clampIndex, type AxialAxis } from "../../domain/study-axis";
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
  // The strip tells its own moves to a screen reader; a button has nothing to tell them with.
  const [told, setTold] = useState("");
  const slide = (target: number) => {
    onIndex(target);
    setTold("");
  };
  const jump = (target: number) => {
    onIndex(target);
    setTold(describeSlice(study, target));
  };
  return (
    <div className="space-y-4 p-5 text-sm leading-6 text-ink-soft sm:p-6">
      <div className="flex items-center justify-between gap-4">
        <p className="font-medium text-ink tabular-nums">{describeSlice(study, index)}</p>
        <SliceSteps axis={axis} index={index} onIndex={jump} />
      </div>
      <p role="status" className="sr-only">
        {told}
      </p>
      <SliceStrip
        study={study}
        axis={axis}
        index={index}
        onIndex={slide}
        slider={slider}
        hintId={hintId}
      />
      <StripLegend study={study} index={index} />
      <SliceJumps study={study} index={index} onIndex={jump} />
      <p id={hintId} className="text-xs leading-5">
        On the strip, arrow keys move by one slice, Page Up and Page Down by ten, Home and End to
        the ends. Anywhere here, n and p go to the next and the previous tumour slice
        {study.lesion !== null && ", l to the largest area"}.
      </p>
    </div>
  );
}

interface SliceStepsProps {
  axis: AxialAxis;
  index: number;
  onIndex: (index: number) => void;
}

const STEPS = [
  { by: -1, name: "Slice before", icon: Minus },
  { by: 1, name: "Slice after", icon: Plus },
] as const;

/** One slice at a time: on the strip of a telephone, a slice is narrower than any finger. */
function SliceSteps({ axis, index, onIndex }: SliceStepsProps) {
  return (
    <div className="flex shrink-0 gap-2">
      {STEPS.map(({ by, name, icon: Icon }) => {
        const target = clampIndex(index + by, axis);
        return (
          <Button
            key={name}
            look="secondary"
            className="w-10 px-0! aria-disabled:cursor-not-allowed aria-disabled:opacity-50 pointer-coarse:w-11"
            aria-label={name}
            // Keeps the focus at the end, as disabled would not.
            aria-disabled={target === index}
            onClick={() => {
              if (target !== index) onIndex(target);
            }}
          >
            <Icon aria-hidden className="size-4" />
          </Button>
        );
      })}
    </div>
  );
}
