import { IntervalText } from "../../components/interval-text";
import { Cell, Row, ScrollTable } from "../../components/scroll-table";
import {
  METRICS,
  readMetric,
  type GroupFigures,
  type MetricKey,
  type PlaceKey,
} from "../../domain/figures";
import { formatCount, formatWhole } from "../../domain/format";

interface Column {
  key: MetricKey | PlaceKey;
  name: string;
}

const DICE: Column = { key: "dice_mean", name: "Dice, mean" };

/** Accuracy is left to the sources: in a group it follows the share of tumour slices. */
const COLUMNS: readonly Column[] = [...METRICS.filter(({ key }) => key !== "accuracy"), DICE];

function describeSize({ patients, slices, tumorSlices }: GroupFigures): string {
  const tumor = tumorSlices === 0 ? "none" : formatWhole(tumorSlices);
  return `${formatCount(patients, "patient")}, ${formatCount(slices, "slice")}, ${tumor} with tumour`;
}

interface GroupTableProps {
  label: string;
  groups: readonly GroupFigures[];
  /** Dice is a patient's, all slices together; it says nothing of groups that part a patient. */
  withDice: boolean;
}

/** One line for each group, with every figure that one of them has. */
export function GroupTable({ label, groups, withDice }: GroupTableProps) {
  const columns = COLUMNS.filter(
    ({ key }) =>
      (withDice || key !== DICE.key) && groups.some(({ model }) => readMetric(model, key) !== null),
  );
  return (
    <ScrollTable label={label} columns={["Slices of", ...columns.map(({ name }) => name)]}>
      <tbody>
        {groups.map((group) => (
          <Row
            key={group.source}
            title={group.title}
            notes={[group.note, describeSize(group)].filter((note) => note !== "")}
          >
            {columns.map(({ key }) => (
              <Cell key={key}>
                <IntervalText interval={readMetric(group.model, key)} />
              </Cell>
            ))}
          </Row>
        ))}
      </tbody>
    </ScrollTable>
  );
}
