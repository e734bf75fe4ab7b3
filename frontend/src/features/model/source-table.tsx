import { IntervalPlot } from "../../components/interval-plot";
import { IntervalText } from "../../components/interval-text";
import { readMetric, type Metric, type GroupFigures } from "../../domain/figures";

interface MetricRowProps {
  metric: Metric;
  group: GroupFigures;
}

function MetricRow({ metric, group }: MetricRowProps) {
  const model = readMetric(group.model, metric.key);
  const baseline = readMetric(group.baseline, metric.key);
  return (
    <tr className="border-t border-line align-top">
      <th scope="row" className="py-3.5 pr-3 pl-5 text-left text-sm font-medium sm:pl-6">
        {metric.name}
        <span className="block text-xs font-normal text-ink-faint">{metric.meaning}</span>
      </th>
      <td className="hidden w-2/5 py-3.5 pr-8 sm:table-cell">
        <IntervalPlot model={model} baseline={baseline} />
      </td>
      <td className="py-3.5 pr-3 text-sm">
        <IntervalText interval={model} />
      </td>
      <td className="py-3.5 pr-5 text-sm sm:pr-6">
        <IntervalText interval={baseline} />
      </td>
    </tr>
  );
}

interface SourceTableProps {
  group: GroupFigures;
  metrics: readonly Metric[];
  labelledBy: string;
}

/** The figures of one data source: the model, and thresholding beside it. */
export function SourceTable({ group, metrics, labelledBy }: SourceTableProps) {
  return (
    <table aria-labelledby={labelledBy} className="w-full self-start">
      <thead>
        <tr className="text-left text-xs text-ink-soft">
          <th scope="col" className="py-3 pr-3 pl-5 font-medium sm:pl-6">
            Figure
          </th>
          <th scope="col" className="hidden py-3 pr-8 font-medium sm:table-cell">
            <span className="flex justify-between tabular-nums">
              <span>0</span>
              <span className="sr-only">to</span>
              <span>1</span>
            </span>
          </th>
          <th scope="col" className="py-3 pr-3 font-medium">
            Model
          </th>
          <th scope="col" className="py-3 pr-5 font-medium sm:pr-6">
            Thresholding
          </th>
        </tr>
      </thead>
      <tbody>
        {metrics.map((metric) => (
          <MetricRow key={metric.key} metric={metric} group={group} />
        ))}
      </tbody>
    </table>
  );
}
