import { useId } from "react";
import { Card } from "../../components/card";
import { METRICS, readMetric, type GroupFigures } from "../../domain/figures";
import { formatCount, formatShare } from "../../domain/format";
import { SourceTable } from "./source-table";

function toNotes({ model, tumorSlices }: GroupFigures): string[] {
  const notes: string[] = [];
  if (tumorSlices === 0) {
    notes.push("Without tumour slices there is no AUROC and no sensitivity.");
  }
  if (typeof model?.ece === "number") {
    notes.push(`Calibration error (ECE) ${formatShare(model.ece)}.`);
  }
  if (typeof model?.uncertain_share === "number") {
    notes.push(`${formatShare(model.uncertain_share)} of the slices fell in the uncertain band.`);
  }
  return notes;
}

/** One data source: what it is, and every figure that can be measured on it. */
export function SourceReport({ group }: { group: GroupFigures }) {
  const id = useId();
  const metrics = METRICS.filter(
    ({ key }) => readMetric(group.model, key) !== null || readMetric(group.baseline, key) !== null,
  );
  return (
    <Card className="grid overflow-hidden lg:grid-cols-[18rem_minmax(0,1fr)]">
      <div className="border-b border-line p-5 sm:p-6 lg:border-r lg:border-b-0">
        <h3 id={id} className="font-semibold">
          {group.title}
        </h3>
        <p className="mt-1 text-sm leading-6 text-ink-soft">{group.note}</p>
        <ul className="mt-4 space-y-0.5 text-sm leading-6 tabular-nums">
          <li>{formatCount(group.patients, "patient")}</li>
          <li>{formatCount(group.slices, "slice")}</li>
          <li>{formatCount(group.tumorSlices, "tumour slice")}</li>
        </ul>
        {toNotes(group).map((note) => (
          <p key={note} className="mt-3 text-sm leading-6 text-ink-soft">
            {note}
          </p>
        ))}
      </div>
      <SourceTable group={group} metrics={metrics} labelledBy={id} />
    </Card>
  );
}
