import type { ReactNode } from "react";
import type { Prediction } from "../api/wire";
import { formatBeside } from "../domain/format";

interface ProbabilityScaleProps {
  probability: number;
  threshold: number;
  /** Null where doubt hangs on more than the probability, as with whole studies. */
  band: Prediction["uncertain_band"] | null;
}

function percent(value: number): string {
  return `${Math.min(1, Math.max(0, value)) * 100}%`;
}

/** The probability on a line from 0 to 100 %, with the threshold and the uncertain band on it. */
export function ProbabilityScale({ probability, threshold, band }: ProbabilityScaleProps) {
  const edges = band === null ? [] : [band.low, band.high];
  const shown = formatBeside(probability, threshold, ...edges);
  const limit = formatBeside(threshold, probability);
  const range =
    band && `${formatBeside(band.low, probability)} to ${formatBeside(band.high, probability)}`;
  return (
    // All of it is drawn as grounds, which browsers leave out on paper unless they are asked.
    <figure className="mt-5 [print-color-adjust:exact]">
      <div
        role="img"
        aria-label={`Probability ${shown} on a line from 0% to 100%; threshold ${limit}${range === null ? "" : `; uncertain band ${range}`}`}
        className="relative h-9 forced-color-adjust-none"
      >
        <span className="absolute inset-x-0 top-1/2 h-3 -translate-y-1/2 rounded-full bg-line forced-colors:border forced-colors:border-ink forced-colors:bg-surface" />
        {band !== null && (
          <span
            className="hatched absolute top-1/2 h-3 -translate-y-1/2 border-x border-uncertain bg-uncertain-soft"
            style={{ left: percent(band.low), width: percent(band.high - band.low) }}
          />
        )}
        <span
          className="absolute inset-y-1 w-0.5 -translate-x-1/2 bg-ink"
          style={{ left: percent(threshold) }}
        />
        <span
          className="absolute top-1/2 size-5 -translate-x-1/2 -translate-y-1/2 rounded-full border-[3px] border-surface bg-accent ring-2 ring-accent"
          style={{ left: `clamp(0.625rem, ${percent(probability)}, 100% - 0.625rem)` }}
        />
      </div>
      <div aria-hidden className="flex justify-between text-xs text-ink-faint tabular-nums">
        <span>0%</span>
        <span>100%</span>
      </div>
      <figcaption>
        <dl className="mt-3 grid gap-2 text-sm">
          <LegendRow
            sign={<span className="size-3 rounded-full bg-accent" />}
            name="Probability"
            value={shown}
          />
          <LegendRow sign={<span className="h-4 w-0.5 bg-ink" />} name="Threshold" value={limit} />
          {range !== null && (
            <LegendRow
              sign={
                <span className="hatched h-3 w-4 border-x border-uncertain bg-uncertain-soft" />
              }
              name="Uncertain band"
              value={range}
            />
          )}
        </dl>
      </figcaption>
    </figure>
  );
}

interface LegendRowProps {
  sign: ReactNode;
  name: string;
  value: string;
}

function LegendRow({ sign, name, value }: LegendRowProps) {
  return (
    <div className="flex items-center gap-3">
      <dt className="flex items-center gap-3 text-ink-soft">
        <span aria-hidden className="grid w-4 place-items-center forced-color-adjust-none">
          {sign}
        </span>
        {name}
      </dt>
      <dd className="ml-auto text-right font-medium tabular-nums">{value}</dd>
    </div>
  );
}
