import type { Interval } from "../api/wire";
import { formatFigure, formatInterval } from "../domain/format";
import { NotMeasured } from "./not-measured";

/** A figure with its 95 % interval under it. */
export function IntervalText({ interval }: { interval: Interval | null }) {
  if (interval === null) return <NotMeasured />;
  return (
    <span className="inline-flex flex-col tabular-nums">
      <span className="font-medium text-ink">{formatFigure(interval.value)}</span>
      <span className="text-xs whitespace-nowrap text-ink-faint">{formatInterval(interval)}</span>
    </span>
  );
}
