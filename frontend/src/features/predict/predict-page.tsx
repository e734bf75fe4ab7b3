import type { ReactNode } from "react";
import type { Prediction } from "../../api/wire";
import { PageTitle } from "../../components/page-title";
import { usePaste } from "../../lib/use-paste";
import { FailureView } from "./failure-view";
import { IdleView } from "./idle-view";
import { describeOrigin, originName } from "./prediction-state";
import { ServiceStatus } from "./service-status";
import { UploadingView } from "./uploading-view";
import { usePrediction } from "./use-prediction";

interface ResultProps {
  prediction: Prediction;
  fileName: string;
  forced: boolean;
  onAnother: () => void;
}

interface PredictPageProps {
  renderResult: (props: ResultProps) => ReactNode;
}

export function PredictPage({ renderResult }: PredictPageProps) {
  const { state, submit, clear } = usePrediction();
  const submitFile = (file: File) => {
    submit({ origin: { kind: "file", file }, forced: false });
  };
  usePaste(([file]) => {
    if (file !== undefined) submitFile(file);
  });

  const view = () => {
    switch (state.kind) {
      case "idle":
        return (
          <IdleView
            onFile={submitFile}
            onSample={(sample) => {
              submit({ origin: { kind: "sample", sample }, forced: false });
            }}
          />
        );
      case "uploading":
        return <UploadingView file={describeOrigin(state.submission.origin)} onCancel={clear} />;
      case "succeeded":
        return renderResult({
          prediction: state.prediction,
          fileName: originName(state.submission.origin),
          forced: state.submission.forced,
          onAnother: clear,
        });
      case "failed":
        return (
          <FailureView
            failure={state.failure}
            file={describeOrigin(state.submission.origin)}
            onTryAgain={() => {
              submit(state.submission);
            }}
            onForce={() => {
              submit({ ...state.submission, forced: true });
            }}
            onAnother={clear}
          />
        );
    }
  };

  return (
    <div className="mx-auto max-w-6xl px-4 py-10 sm:px-6 sm:py-14">
      <PageTitle name={state.kind === "succeeded" ? "Result" : "Predict"} />
      <div className="flex flex-wrap items-center justify-between gap-x-8 gap-y-3">
        <h1 className="text-2xl font-semibold tracking-tight sm:text-3xl">
          {state.kind === "succeeded" ? "Result" : "Predict on a slice"}
        </h1>
        <ServiceStatus />
      </div>
      <div className="mt-8">{view()}</div>
    </div>
  );
}
