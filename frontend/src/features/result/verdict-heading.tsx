import type { Prediction } from "../../api/wire";
import { VerdictTitle } from "../../components/verdict-title";
import { toVerdict } from "../../domain/verdict";

/** What is said of one slice, and how surely. */
export function VerdictHeading({ prediction }: { prediction: Prediction }) {
  return (
    <VerdictTitle
      verdict={toVerdict(prediction)}
      probability={prediction.probability}
      caption="probability of a tumour in this slice"
    />
  );
}
