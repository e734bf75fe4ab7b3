import type { ReliabilityBin } from "../../api/wire";
import { formatCount } from "../../domain/format";

/** Radii in per cent of the plot's side: the smallest can still be seen, the largest hides nothing. */
const SMALLEST = 1.4;
const LARGEST = 3.4;

/** The area of a point stands for its slices. */
export function pointRadius(slices: number, most: number): number {
  return Math.max(SMALLEST, LARGEST * Math.sqrt(slices / Math.max(most, 1)));
}

function describePlot(bins: readonly ReliabilityBin[]): string {
  const slices = bins.reduce((sum, bin) => sum + bin.slices, 0);
  return `Reliability diagram: the probability that was said, against the share that shows a tumour, for ${formatCount(slices, "slice")} in ${formatCount(bins.length, "bin")}. The table has the numbers.`;
}

const GRID = [25, 50, 75] as const;

function toPoint({ mean_probability: said, tumor_share: found }: ReliabilityBin) {
  return { x: said * 100, y: 100 - found * 100 };
}

function Drawing({ bins }: { bins: readonly ReliabilityBin[] }) {
  const most = Math.max(...bins.map(({ slices }) => slices));
  const line = bins.map((bin) => {
    const { x, y } = toPoint(bin);
    return `${x},${y}`;
  });
  return (
    <svg
      role="img"
      aria-label={describePlot(bins)}
      viewBox="0 0 100 100"
      className="aspect-square w-full overflow-visible border-b border-l border-line-strong"
    >
      {GRID.map((at) => (
        <path
          key={at}
          d={`M${at} 0V100M0 ${at}H100`}
          vectorEffect="non-scaling-stroke"
          className="stroke-line"
        />
      ))}
      <path
        d="M0 100L100 0"
        strokeDasharray="5 5"
        strokeWidth={1.5}
        vectorEffect="non-scaling-stroke"
        className="stroke-line-strong"
      />
      <polyline
        points={line.join(" ")}
        fill="none"
        strokeWidth={1.5}
        vectorEffect="non-scaling-stroke"
        className="stroke-accent"
      />
      {bins.map((bin) => {
        const { x, y } = toPoint(bin);
        return (
          <circle
            key={bin.low}
            cx={x}
            cy={y}
            r={pointRadius(bin.slices, most)}
            className="fill-accent stroke-surface"
            strokeWidth={1.5}
            vectorEffect="non-scaling-stroke"
          />
        );
      })}
    </svg>
  );
}

/** What was said against what was so: on the diagonal, a probability means what it says. */
export function ReliabilityPlot({ bins }: { bins: readonly ReliabilityBin[] }) {
  return (
    <div className="text-xs text-ink-soft tabular-nums">
      <p aria-hidden>Share that shows a tumour</p>
      <div className="mt-3 grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-2.5">
        <div aria-hidden className="-my-2 flex flex-col justify-between text-right leading-4">
          <span>100%</span>
          <span>50%</span>
          <span>0%</span>
        </div>
        <Drawing bins={bins} />
        <div aria-hidden className="col-start-2 grid grid-cols-3">
          <span>0%</span>
          <span className="text-center">50%</span>
          <span className="text-right">100%</span>
        </div>
        <p aria-hidden className="col-start-2 text-right">
          Probability that was said
        </p>
      </div>
      <ul className="mt-4 flex flex-wrap gap-x-6 gap-y-2">
        <li className="flex items-center gap-2">
          <span aria-hidden className="size-2.5 rounded-full bg-accent forced-color-adjust-none" />
          One bin: the larger, the more slices
        </li>
        <li className="flex items-center gap-2">
          <span aria-hidden className="w-5 border-t-2 border-dashed border-line-strong" />
          What was said is what is true
        </li>
      </ul>
    </div>
  );
}
