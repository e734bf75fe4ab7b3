import { useId } from "react";
import type { SliceFinding, StudyPrediction } from "../../api/study-types";
import { toRuns, type Run } from "../../domain/study-slices";

export const STRIP_HEIGHT_PX = 112;

/** Rows of the drawing, px from its top: the knob, the plot, the band of labels. */
const PLOT_TOP = 14;
const PLOT_BOTTOM = 86;
const RUN_TOP = 94;
const RUN_HEIGHT = 10;

/** Share of a slice's width that its bar takes: shape tells the labels apart as well as colour. */
const BAR_SHARES = { tumor: 0.86, uncertain: 0.6, no_tumor: 0.32 } as const;

function toY(probability: number): number {
  return PLOT_BOTTOM - probability * (PLOT_BOTTOM - PLOT_TOP);
}

interface BarProps {
  slice: SliceFinding;
  count: number;
}

function Bar({ slice: { index, probability, label }, count }: BarProps) {
  const middle = ((index + 0.5) / count) * 100;
  if (probability === null || label === "empty") {
    return <circle cx={`${middle}%`} cy={PLOT_BOTTOM - 1} r={1} className="fill-line-strong" />;
  }
  const width = (BAR_SHARES[label] / count) * 100;
  const looks = {
    tumor: "fill-tumor",
    uncertain: "fill-uncertain-soft stroke-uncertain",
    no_tumor: "fill-normal",
  };
  const y = Math.min(toY(probability), PLOT_BOTTOM - 2);
  return (
    <rect
      data-label={label}
      x={`${middle - width / 2}%`}
      width={`${width}%`}
      y={y}
      height={PLOT_BOTTOM - y}
      className={looks[label]}
    />
  );
}

/** Under the plot: a full band for tumour, a hatched one for doubt, a line for none, dots for empty. */
function RunMark({ run, count, hatch }: { run: Run; count: number; hatch: string }) {
  const x = `${(run.first / count) * 100}%`;
  const width = `${((run.last - run.first + 1) / count) * 100}%`;
  const end = `${((run.last + 1) / count) * 100}%`;
  const middle = RUN_TOP + RUN_HEIGHT / 2;
  switch (run.label) {
    case "tumor":
      return (
        <rect x={x} width={width} y={RUN_TOP} height={RUN_HEIGHT} rx={2} className="fill-tumor" />
      );
    case "uncertain":
      return (
        <rect
          x={x}
          width={width}
          y={RUN_TOP + 1}
          height={RUN_HEIGHT - 2}
          fill={`url(#${hatch})`}
          className="stroke-uncertain"
        />
      );
    case "no_tumor":
      return (
        <line x1={x} x2={end} y1={middle} y2={middle} className="stroke-normal" strokeWidth={1.5} />
      );
    case "empty":
      return (
        <line
          x1={x}
          x2={end}
          y1={middle}
          y2={middle}
          className="stroke-line-strong"
          strokeWidth={1.5}
          strokeDasharray="1.5 3"
        />
      );
  }
}

function CurrentMark({ index, count }: { index: number; count: number }) {
  const x = `${((index + 0.5) / count) * 100}%`;
  return (
    <g data-testid="current-mark">
      <line x1={x} x2={x} y1={6} y2={STRIP_HEIGHT_PX} className="stroke-surface" strokeWidth={5} />
      <line x1={x} x2={x} y1={6} y2={STRIP_HEIGHT_PX} className="stroke-accent" strokeWidth={2} />
      <circle cx={x} cy={7} r={6} className="fill-accent stroke-surface" strokeWidth={2} />
    </g>
  );
}

interface StripDrawingProps {
  study: StudyPrediction;
  /** The slice that is shown; null draws no mark, as on paper. */
  current: number | null;
}

/** The probability of each slice, with threshold and uncertain band; a drawing, said in words beside. */
export function StripDrawing({ study, current }: StripDrawingProps) {
  const hatch = useId();
  const { slices, slice_threshold: threshold, slice_uncertain_band: band } = study;
  const count = slices.length;
  return (
    <svg aria-hidden width="100%" height={STRIP_HEIGHT_PX} className="block overflow-visible">
      <defs>
        <pattern
          id={hatch}
          width={5}
          height={5}
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect width={5} height={5} className="fill-uncertain-soft" />
          <line x1={0} x2={0} y1={0} y2={5} className="stroke-uncertain" strokeWidth={1.5} />
        </pattern>
      </defs>
      <rect
        x={0}
        width="100%"
        y={PLOT_TOP}
        height={PLOT_BOTTOM - PLOT_TOP}
        className="fill-raised"
      />
      <rect
        x={0}
        width="100%"
        y={toY(band.high)}
        height={toY(band.low) - toY(band.high)}
        fill={`url(#${hatch})`}
        opacity={0.55}
      />
      {slices.map((slice) => (
        <Bar key={slice.index} slice={slice} count={count} />
      ))}
      <line
        x1={0}
        x2="100%"
        y1={toY(threshold)}
        y2={toY(threshold)}
        className="stroke-ink"
        strokeWidth={1.5}
        strokeDasharray="6 3"
      />
      <line x1={0} x2="100%" y1={PLOT_BOTTOM} y2={PLOT_BOTTOM} className="stroke-line-strong" />
      {toRuns(slices).map((run) => (
        <RunMark key={run.first} run={run} count={count} hatch={hatch} />
      ))}
      {current !== null && <CurrentMark index={current} count={count} />}
    </svg>
  );
}
