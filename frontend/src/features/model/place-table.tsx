import { IntervalText } from "../../components/interval-text";
import { NotMeasured } from "../../components/not-measured";
import { Cell, Row, ScrollTable } from "../../components/scroll-table";
import { readMetric, type GroupFigures } from "../../domain/figures";
import { formatCount, formatPoints } from "../../domain/format";

const COLUMNS = ["Slices of", "Dice, mean", "Dice, median", "Peak in the lesion", "Mirrored"];

/** How well the outline fits, whether the heat map points at the lesion, and if sides matter. */
export function PlaceTable({ groups }: { groups: readonly GroupFigures[] }) {
  return (
    <ScrollTable label="Figures of the outline and of the heat map" columns={COLUMNS}>
      <tbody>
        {groups.map(({ source, title, patients, model }) => {
          const flip = model?.flip_change ?? null;
          return (
            <Row key={source} title={title} notes={[formatCount(patients, "patient")]}>
              <Cell>
                <IntervalText interval={readMetric(model, "dice_mean")} />
              </Cell>
              <Cell>
                <IntervalText interval={readMetric(model, "dice_median")} />
              </Cell>
              <Cell>
                <IntervalText interval={readMetric(model, "heatmap_hits")} />
              </Cell>
              <Cell>{flip === null ? <NotMeasured /> : formatPoints(flip)}</Cell>
            </Row>
          );
        })}
      </tbody>
    </ScrollTable>
  );
}
