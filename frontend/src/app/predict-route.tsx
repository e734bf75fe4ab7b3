import { PredictPage } from "../features/predict/predict-page";
import { ResultView } from "../features/result/result-view";

/** Where the predict and the result features meet. */
export function PredictRoute() {
  return (
    <PredictPage
      renderResult={({ prediction, fileName, forced, onAnother }) => (
        <ResultView
          prediction={prediction}
          fileName={fileName}
          forced={forced}
          onAnother={onAnother}
        />
      )}
    />
  );
}
