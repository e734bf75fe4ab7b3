import { RotateCcw } from "lucide-react";
import type { Prediction } from "../../api/wire";
import { Button } from "../../components/button";
import { Card } from "../../components/card";
import { ForcedNotice } from "../../components/forced-notice";
import { Notice } from "../../components/notice";
import { ProbabilityScale } from "../../components/probability-scale";
import { WithheldOutputs } from "../../components/withheld-outputs";
import { isForced, toReaderWords } from "../../domain/api-words";
import { CopyJson } from "./copy-json";
import { LesionMeasures } from "./lesion-measures";
import { ResultFacts } from "./result-facts";
import { SliceViewer } from "./slice-viewer";
import { VerdictHeading } from "./verdict-heading";

interface ResultViewProps {
  prediction: Prediction;
  fileName: string;
  onAnother: () => void;
}

/** Verdict, picture, facts: in this order on a telephone, the picture beside the rest on a desk. */
export function ResultView({ prediction, fileName, onAnother }: ResultViewProps) {
  const { warnings } = prediction;
  const forced = isForced(warnings);
  return (
    <>
      {forced && (
        <div className="mb-6">
          <ForcedNotice kind="slice" warnings={warnings} />
        </div>
      )}
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,26rem)] lg:grid-rows-[auto_1fr] lg:gap-x-8">
        <Card className="p-5 sm:p-6 lg:col-start-2">
          <VerdictHeading prediction={prediction} />
          <ProbabilityScale
            probability={prediction.probability}
            threshold={prediction.threshold}
            band={prediction.uncertain_band}
          />
          {!forced && warnings.length > 0 && (
            <div className="mt-6 space-y-3">
              {warnings.map((warning) => (
                <Notice key={warning} kind="warning">
                  {toReaderWords(warning)}
                </Notice>
              ))}
            </div>
          )}
        </Card>
        <div className="min-w-0 lg:col-start-1 lg:row-span-2 lg:row-start-1">
          <SliceViewer prediction={prediction} fileName={fileName} />
        </div>
        <Card className="min-w-0 lg:col-start-2">
          <LesionMeasures prediction={prediction} />
          <ResultFacts prediction={prediction} fileName={fileName} />
          <WithheldOutputs withheld={prediction.outputs_withheld} />
          <div className="flex flex-wrap items-center gap-3 border-t border-line p-5 sm:p-6">
            <Button onClick={onAnother}>
              <RotateCcw aria-hidden className="size-4" />
              Another slice
            </Button>
            <CopyJson prediction={prediction} />
          </div>
        </Card>
      </div>
    </>
  );
}
