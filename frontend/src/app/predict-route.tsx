import { useMatch } from "react-router";
import { useMemory } from "../features/history/history-query";
import { PredictPage } from "../features/predict/predict-page";
import { ResultView } from "../features/result/result-view";
import { StudyResult } from "./study-result";

/** Where predict, result, study and history meet: one page, with or without a study in its address. */
export function PredictRoute() {
  const study = useMatch("/studies/:id");
  const memory = useMemory();
  return (
    <PredictPage
      id={study?.params.id ?? null}
      memory={memory}
      renderSlice={(props) => <ResultView {...props} />}
      renderStudy={(props) => <StudyResult {...props} />}
    />
  );
}
