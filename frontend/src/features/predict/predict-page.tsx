import { useEffect, useRef, useState, type ReactNode, type RefObject } from "react";
import { useLocation } from "react-router";
import type { Job } from "../../api/study-types";
import type { Prediction } from "../../api/wire";
import { PageTitle } from "../../components/page-title";
import { Skeleton } from "../../components/skeleton";
import { withoutLitter } from "../../domain/upload";
import { useDrop } from "../../lib/use-drop";
import { usePaste } from "../../lib/use-paste";
import { FailureView } from "./failure-view";
import { IdleView } from "./idle-view";
import { JobView } from "./job-view";
import { NothingNotice } from "./nothing-notice";
import { describeOrigin, originName, type ScreenState } from "./screen-state";
import { OtherSeries } from "./series-picker";
import { ServiceStatus } from "./service-status";
import { UploadingView } from "./uploading-view";
import { usePredictScreen, type Memory, type PredictScreen } from "./use-predict-screen";

interface SliceProps {
  prediction: Prediction;
  fileName: string;
  onAnother: () => void;
}

interface Renderers {
  renderSlice: (props: SliceProps) => ReactNode;
  renderStudy: (props: { job: Job; onAnother: () => void }) => ReactNode;
}

interface PredictPageProps extends Renderers {
  /** Of the job in the address; null where there is none. */
  id: string | null;
  memory: Memory;
}

const TITLES: Record<ScreenState["kind"], { heading: string; tab: string }> = {
  idle: { heading: "Predict on a study or a slice", tab: "Predict" },
  uploading: { heading: "Predict on a study or a slice", tab: "Predict" },
  looking_up: { heading: "Study", tab: "Study" },
  queued: { heading: "Study", tab: "Waiting" },
  running: { heading: "Study", tab: "Analysing" },
  succeeded_slice: { heading: "Result", tab: "Result" },
  succeeded_study: { heading: "Result", tab: "Result" },
  failed: { heading: "No result", tab: "No result" },
};

/** Lead the reader back to the top where the page starts over; it may be scrolled far down. */
function useHeadingOfStart(kind: ScreenState["kind"]): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null);
  const before = useRef(kind);
  useEffect(() => {
    if (kind === "idle" && before.current !== "idle") {
      window.scrollTo(0, 0);
      heading.current?.focus({ preventScroll: true });
    }
    before.current = kind;
  }, [kind]);
  return heading;
}

export function PredictPage({ id, memory, ...renderers }: PredictPageProps) {
  const screen = usePredictScreen(id, memory);
  // Said until the page moves on.
  const here = `${useLocation().key} ${screen.state.kind}`;
  const [nothingAt, setNothingAt] = useState<string | null>(null);
  const take = (given: readonly File[]) => {
    const files = withoutLitter(given);
    setNothingAt(files.length === 0 ? here : null);
    if (files.length > 0) screen.submitNew({ kind: "files", files });
  };
  usePaste(take);
  useDrop(take);
  const { heading, tab } = TITLES[screen.state.kind];
  const title = useHeadingOfStart(screen.state.kind);
  return (
    <div className="mx-auto max-w-6xl px-4 py-10 sm:px-6 sm:py-14">
      <PageTitle name={tab} />
      <div className="flex flex-wrap items-center justify-between gap-x-8 gap-y-3">
        <h1 ref={title} tabIndex={-1} className="text-2xl font-semibold tracking-tight sm:text-3xl">
          {heading}
        </h1>
        <ServiceStatus />
      </div>
      <div className="mt-8">
        {nothingAt === here && (
          <div className="mb-6">
            <NothingNotice />
          </div>
        )}
        <Screen {...screen} {...renderers} />
      </div>
    </div>
  );
}

function Screen(props: PredictScreen & Renderers) {
  const { state, submit, submitNew, onAnother } = props;
  switch (state.kind) {
    case "idle":
      return <IdleView onOrigin={submitNew} />;
    case "uploading":
      return (
        <UploadingView
          what={describeOrigin(state.submission.origin)}
          sent={state.sent}
          onCancel={props.onCancelSending}
        />
      );
    case "looking_up":
      return <Skeleton label="Looking the study up" className="h-80" />;
    case "queued":
    case "running":
      return (
        <JobView job={state.job} connected={props.connected} onCancelled={props.onCancelled} />
      );
    case "succeeded_slice":
      return props.renderSlice({
        prediction: state.prediction,
        fileName: originName(state.submission.origin),
        onAnother,
      });
    case "succeeded_study":
      return (
        <>
          {props.renderStudy({ job: state.job, onAnother })}
          <OtherSeries job={state.job} submission={state.submission} onSubmit={submit} />
        </>
      );
    case "failed":
      return (
        <FailureView
          failure={state.failure}
          submission={state.submission}
          again={state.again}
          onSubmit={submit}
          onLookAgain={props.lookAgain}
          onAnother={onAnother}
        />
      );
  }
}
