import type { Interval } from "../api/wire";
import { formatFigure, formatInterval } from "../domain/format";

/** A figure with its 95 % interval under it. */
export function IntervalText({ interval }: { interval: Interval | null }) {
  if (interval === null) {
    return (
      <span className="text-ink-faint">
        <span aria-hidden>–</span>
        <span className="sr-only">not measured</span>
      </span>
    );
  }
  return (
    <span className="inline-flex flex-col tabular-nums">
      <span className="font-medium text-ink">{formatFigure(interval.value)}</span>
      <span className="text-xs whitespace-nowrap text-ink-faint">{formatInterval(interval)}</span>
    </span>
  );
}
