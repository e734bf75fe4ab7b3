import type { StudyFigure } from "../../api/wire";
import { IntervalText } from "../../components/interval-text";
import { Cell, Row, ScrollTable } from "../../components/scroll-table";
import { formatWhole } from "../../domain/format";

const COLUMNS = ["Studies", "With tumour", "Found", "Without tumour", "False alarms"];

/** Whole studies: how many with a tumour were found, and how many without were called one. */
export function StudyTable({ studies }: { studies: readonly StudyFigure[] }) {
  return (
    <ScrollTable label="Figures of whole studies" columns={COLUMNS}>
      <tbody>
        {studies.map((study) => (
          <Row key={study.title} title={study.title} notes={study.note === "" ? [] : [study.note]}>
            <Cell>{formatWhole(study.tumor_studies)}</Cell>
            <Cell>
              <IntervalText interval={study.sensitivity} />
            </Cell>
            <Cell>{formatWhole(study.tumor_free_studies)}</Cell>
            <Cell>
              <IntervalText interval={study.false_alarms} />
            </Cell>
          </Row>
        ))}
      </tbody>
    </ScrollTable>
  );
}
