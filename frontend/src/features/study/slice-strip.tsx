import type { KeyboardEvent, PointerEvent, RefObject } from "react";
import type { StudyPrediction } from "../../api/study-types";
import { clampIndex, type AxialAxis } from "../../domain/study-axis";
import { describeFinding, moveByKey } from "../../domain/study-slices";
import { StripDrawing } from "./strip-drawing";
import { StripEnds } from "./strip-ends";

interface SliceStripProps {
  study: StudyPrediction;
  axis: AxialAxis;
  index: number;
  onIndex: (index: number) => void;
  slider: RefObject<HTMLDivElement | null>;
  /** The element that says which keys do what. */
  hintId: string;
}

/** One slice in words: "Slice 34: signs of a tumour, probability 97%". */
export function describeSlice(study: StudyPrediction, index: number): string {
  const { slices, slice_threshold: threshold, slice_uncertain_band: band } = study;
  const finding = slices.find((slice) => slice.index === index);
  const words = finding && describeFinding(finding, threshold, band.low, band.high);
  return `Slice ${index}: ${words ?? "not judged"}`;
}

/** The slices' probabilities as a slider that moves through the volume: by click, drag and keys. */
export function SliceStrip({ study, axis, index, onIndex, slider, hintId }: SliceStripProps) {
  const follow = (event: PointerEvent<HTMLDivElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const share = (event.clientX - left) / Math.max(width, 1);
    onIndex(clampIndex(Math.floor(share * axis.count), axis));
  };
  const press = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    follow(event);
  };
  const move = (event: PointerEvent<HTMLDivElement>) => {
    if (event.buttons === 1) follow(event);
  };
  const type = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const moved = moveByKey(event.key, index, axis);
    if (moved === null) return;
    event.preventDefault();
    onIndex(moved);
  };
  return (
    <div>
      <div
        ref={slider}
        role="slider"
        tabIndex={0}
        aria-label="Axial slice"
        aria-describedby={hintId}
        aria-orientation="horizontal"
        aria-valuemin={0}
        aria-valuemax={axis.count - 1}
        aria-valuenow={index}
        aria-valuetext={describeSlice(study, index)}
        onPointerDown={press}
        onPointerMove={move}
        onKeyDown={type}
        className="cursor-ew-resize touch-pan-y rounded-xs outline-offset-4 select-none"
      >
        <StripDrawing study={study} current={index} />
      </div>
      <StripEnds axis={axis} />
    </div>
  );
}
