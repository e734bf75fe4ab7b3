import type { Interval } from "../api/wire";

interface IntervalPlotProps {
  model: Interval | null;
  baseline: Interval | null;
}

function position(value: number): string {
  return `${Math.min(1, Math.max(0, value)) * 100}%`;
}

function Whisker({ interval, solid }: { interval: Interval; solid: boolean }) {
  const line = solid ? "bg-accent" : "bg-line-strong";
  const dot = solid ? "bg-accent" : "border-2 border-line-strong bg-surface";
  return (
    <span className="relative block h-3">
      {interval.low !== null && interval.high !== null && (
        <span
          className={`absolute top-1/2 h-0.5 -translate-y-1/2 rounded-full ${line}`}
          style={{ left: position(interval.low), right: `calc(100% - ${position(interval.high)})` }}
        />
      )}
      <span
        className={`absolute top-1/2 size-2.5 -translate-x-1/2 -translate-y-1/2 rounded-full ${dot}`}
        style={{ left: position(interval.value) }}
      />
    </span>
  );
}

/** Two figures with their 95 % intervals on a track from 0 to 1. The table beside it has the numbers. */
export function IntervalPlot({ model, baseline }: IntervalPlotProps) {
  return (
    <span aria-hidden className="relative block py-1 forced-color-adjust-none">
      <span className="absolute inset-y-0 left-0 w-px bg-line" />
      <span className="absolute inset-y-0 left-1/2 w-px bg-line" />
      <span className="absolute inset-y-0 right-0 w-px bg-line" />
      {model !== null && <Whisker interval={model} solid />}
      {baseline !== null && <Whisker interval={baseline} solid={false} />}
    </span>
  );
}
