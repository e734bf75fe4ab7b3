import type { Forerunner } from "../../api/wire";
import { Card } from "../../components/card";
import { METRICS, type MetricKey, type SourceFigures } from "../../domain/figures";
import { formatFigure } from "../../domain/format";

type ForerunnerKey = Exclude<MetricKey, "auroc">;

function isForerunnerKey(key: MetricKey): key is ForerunnerKey {
  return key !== "auroc";
}

interface ComparisonTableProps {
  label: string;
  forerunner: Forerunner | null;
  sources: readonly SourceFigures[];
}

/** One line for each source, under the published figures of the project's forerunner if given. */
export function ComparisonTable({ label, forerunner, sources }: ComparisonTableProps) {
  const metrics = METRICS.flatMap(({ key, name }) => (isForerunnerKey(key) ? [{ key, name }] : []));
  return (
    <Card
      // Wider than a telephone, so it scrolls sideways and the keyboard must reach it.

      tabIndex={0}
      role="region"
      aria-label={label}
      className="overflow-x-auto"
    >
      <table className="w-full min-w-[36rem] text-sm">
        <thead>
          <tr className="text-left text-xs text-ink-soft">
            <th scope="col" className="px-4 py-3 font-medium sm:px-6">
              Measured
            </th>
            {metrics.map(({ key, name }) => (
              <th key={key} scope="col" className="py-3 pr-4 font-medium">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="tabular-nums">
          {forerunner !== null && (
            <tr className="border-t border-line">
              <th scope="row" className="px-4 py-3.5 text-left font-medium sm:px-6">
                Forerunner
              </th>
              {metrics.map(({ key }) => (
                <td key={key} className="py-3.5 pr-4">
                  {formatFigure(forerunner[key])}
                </td>
              ))}
            </tr>
          )}
          {sources.map((group) => (
            <tr key={group.source} className="border-t border-line">
              <th scope="row" className="px-4 py-3.5 text-left font-medium sm:px-6">
                {group.title}
              </th>
              {metrics.map(({ key }) => {
                const interval = group.model?.[key] ?? null;
                return (
                  <td key={key} className="py-3.5 pr-4">
                    {interval === null ? "not measured" : formatFigure(interval.value)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
