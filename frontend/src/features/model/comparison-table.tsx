import type { Forerunner } from "../../api/wire";
import { NotMeasured } from "../../components/not-measured";
import { Cell, Row, ScrollTable } from "../../components/scroll-table";
import { METRICS, type GroupFigures, type MetricKey } from "../../domain/figures";
import { formatFigure } from "../../domain/format";

type ForerunnerKey = Exclude<MetricKey, "auroc">;

function isForerunnerKey(key: MetricKey): key is ForerunnerKey {
  return key !== "auroc";
}

interface ComparisonTableProps {
  forerunner: Forerunner;
  sources: readonly GroupFigures[];
}

/** The published figures of the project's forerunner, and under them those of each source. */
export function ComparisonTable({ forerunner, sources }: ComparisonTableProps) {
  const metrics = METRICS.flatMap(({ key, name }) => (isForerunnerKey(key) ? [{ key, name }] : []));
  return (
    <ScrollTable
      label="Figures of the forerunner and of this model"
      columns={["Measured", ...metrics.map(({ name }) => name)]}
    >
      <tbody>
        <Row title="Forerunner">
          {metrics.map(({ key }) => (
            <Cell key={key}>{formatFigure(forerunner[key])}</Cell>
          ))}
        </Row>
        {sources.map(({ source, title, model }) => (
          <Row key={source} title={title}>
            {metrics.map(({ key }) => {
              const interval = model?.[key] ?? null;
              return (
                <Cell key={key}>
                  {interval === null ? <NotMeasured /> : formatFigure(interval.value)}
                </Cell>
              );
            })}
          </Row>
        ))}
      </tbody>
    </ScrollTable>
  );
}
