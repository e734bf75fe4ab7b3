import type { Prediction } from "../../api/wire";
import { VerdictTitle } from "../../components/verdict-title";
import { formatBeside } from "../../domain/format";
import { toVerdict } from "../../domain/verdict";

/** What is said of one slice, and how surely. */
export function VerdictHeading({ prediction }: { prediction: Prediction }) {
  const { probability, threshold, uncertain_band: band } = prediction;
  return (
    <VerdictTitle
      verdict={toVerdict(prediction)}
      probability={formatBeside(probability, threshold, band.low, band.high)}
      caption="probability of a tumour in this slice"
    />
  );
}
