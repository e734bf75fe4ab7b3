import { Card } from "../../components/card";
import { IntervalPlot } from "../../components/interval-plot";
import { IntervalText } from "../../components/interval-text";
import { readMetric, type MetricKey, type GroupFigures } from "../../domain/figures";
import { formatCount } from "../../domain/format";

/** A source without tumours has no AUROC; its specificity is then the figure that counts. */
function headlineMetric(group: GroupFigures): { key: MetricKey; name: string } {
  return readMetric(group.model, "auroc") === null
    ? { key: "specificity", name: "Specificity" }
    : { key: "auroc", name: "AUROC" };
}

function SummaryRow({ group }: { group: GroupFigures }) {
  const { key, name } = headlineMetric(group);
  const model = readMetric(group.model, key);
  const baseline = readMetric(group.baseline, key);
  return (
    <tr className="border-t border-line align-top">
      <th scope="row" className="py-5 pr-4 pl-4 text-left font-normal sm:pl-6">
        <span className="block font-medium">{group.title}</span>
        <span className="block text-sm text-ink-faint">
          {formatCount(group.patients, "patient")}, {formatCount(group.slices, "slice")}
        </span>
        <span className="mt-1 block text-sm text-ink-soft md:hidden">{name}</span>
      </th>
      <td className="hidden py-5 pr-4 text-sm leading-6 md:table-cell">{name}</td>
      <td className="hidden w-[34%] py-5 pr-6 md:table-cell">
        <IntervalPlot model={model} baseline={baseline} />
      </td>
      <td className="py-5 pr-4 text-sm">
        <IntervalText interval={model} />
      </td>
      <td className="py-5 pr-4 text-sm sm:pr-6">
        <IntervalText interval={baseline} />
      </td>
    </tr>
  );
}

export function SummaryTable({ sources }: { sources: readonly GroupFigures[] }) {
  return (
    <Card className="overflow-hidden">
      <table className="w-full">
        <caption className="sr-only">
          The headline figure of each data source, for the model and for thresholding
        </caption>
        <thead>
          <tr className="text-left text-xs font-medium text-ink-soft">
            <th scope="col" className="py-3 pr-4 pl-4 font-medium sm:pl-6">
              Data source
            </th>
            <th scope="col" className="hidden py-3 pr-4 font-medium md:table-cell">
              Figure
            </th>
            <th scope="col" className="hidden py-3 pr-6 font-medium md:table-cell">
              <span className="flex justify-between tabular-nums">
                <span>0</span>
                <span className="sr-only">to</span>
                <span>1</span>
              </span>
            </th>
            <th scope="col" className="py-3 pr-4 font-medium">
              Model
            </th>
            <th scope="col" className="py-3 pr-4 font-medium sm:pr-6">
              Thresholding
            </th>
          </tr>
        </thead>
        <tbody>
          {sources.map((group) => (
            <SummaryRow key={group.source} group={group} />
          ))}
        </tbody>
      </table>
    </Card>
  );
}
