import type { ReliabilityBin } from "../../api/wire";
import { Card } from "../../components/card";
import { formatShare, formatWhole } from "../../domain/format";
import { ReliabilityPlot } from "./reliability-plot";

function formatBin({ low, high }: ReliabilityBin): string {
  return `${Math.round(low * 100)} to ${Math.round(high * 100)}%`;
}

function ReliabilityTable({ bins }: { bins: readonly ReliabilityBin[] }) {
  return (
    <table className="w-full self-start text-xs tabular-nums">
      <caption className="sr-only">Reliability by bin of probability</caption>
      <thead>
        <tr className="text-left align-bottom text-ink-soft">
          <th scope="col" className="pr-2 pb-2 font-medium">
            Bin
          </th>
          <th scope="col" className="pr-2 pb-2 text-right font-medium">
            Slices
          </th>
          <th scope="col" className="pr-2 pb-2 text-right font-medium">
            Said
          </th>
          <th scope="col" className="pb-2 text-right font-medium">
            With tumour
          </th>
        </tr>
      </thead>
      <tbody>
        {bins.map((bin) => (
          <tr key={bin.low} className="border-t border-line">
            <th scope="row" className="py-1.5 pr-2 text-left font-normal whitespace-nowrap">
              {formatBin(bin)}
            </th>
            <td className="py-1.5 pr-2 text-right">{formatWhole(bin.slices)}</td>
            <td className="py-1.5 pr-2 text-right">{formatShare(bin.mean_probability)}</td>
            <td className="py-1.5 text-right">{formatShare(bin.tumor_share)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The reliability diagram, and the same in numbers. */
export function ReliabilityReport({ bins }: { bins: readonly ReliabilityBin[] }) {
  return (
    <Card className="grid gap-x-14 gap-y-10 p-5 sm:p-8 lg:grid-cols-[minmax(0,27rem)_minmax(0,1fr)]">
      <ReliabilityPlot bins={bins} />
      <ReliabilityTable bins={bins} />
    </Card>
  );
}
