import type { RefusalFigure } from "../../api/wire";
import { NotMeasured } from "../../components/not-measured";
import { Cell, Row, ScrollTable } from "../../components/scroll-table";
import { formatShare, formatWhole } from "../../domain/format";

const COLUMNS = ["Images", "Number", "Refused", "With the right reason"];
const WARNED = "Refused or warned of";

interface RefusalRowsProps {
  heading: string;
  columns: readonly string[];
  refusals: readonly RefusalFigure[];
}

function Share({ share }: { share: number | null }) {
  return <Cell>{share === null ? <NotMeasured /> : formatShare(share)}</Cell>;
}

function RefusalRows({ heading, columns, refusals }: RefusalRowsProps) {
  if (refusals.length === 0) return null;
  return (
    <tbody>
      <tr className="border-t border-line bg-raised/70">
        <th
          scope="rowgroup"
          colSpan={columns.length}
          className="px-4 py-2 text-left text-xs font-medium text-ink-soft sm:px-6"
        >
          {heading}
        </th>
      </tr>
      {refusals.map(({ title, note, images, refused, ...shares }) => (
        <Row key={title} title={title} notes={note === "" ? [] : [note]}>
          <Cell>{formatWhole(images)}</Cell>
          <Cell>{formatShare(refused)}</Cell>
          <Share share={shares.with_true_reason} />
          {columns.includes(WARNED) && <Share share={shares.refused_or_warned} />}
        </Row>
      ))}
    </tbody>
  );
}

/** How often the gate says no: to what it should, and to what it should let pass. */
export function RefusalTable({ refusals }: { refusals: readonly RefusalFigure[] }) {
  const warned = refusals.some(({ refused_or_warned: share }) => share !== null);
  const columns = warned ? [...COLUMNS, WARNED] : COLUMNS;
  return (
    <ScrollTable label="Shares of images that were refused" columns={columns}>
      <RefusalRows
        heading="To be refused: the more, the better"
        columns={columns}
        refusals={refusals.filter(({ should_refuse: wanted }) => wanted)}
      />
      <RefusalRows
        heading="What the model is made for: the fewer, the better"
        columns={columns}
        refusals={refusals.filter(({ should_refuse: wanted }) => !wanted)}
      />
    </ScrollTable>
  );
}
