import { useEffect, useEffectEvent, useLayoutEffect, useRef } from "react";
import { useLocation, useNavigate } from "react-router";
import { eraseJob } from "../../api/jobs";
import type { Job } from "../../api/study-types";
import type { Prediction } from "../../api/wire";
import { hasEnded, isSingleSlice } from "../../domain/job";
import {
  hasFailed,
  originName,
  submissionOf,
  toScreenState,
  type Answer,
  type Origin,
  type ScreenState,
  type Submission,
} from "./screen-state";
import { useJob } from "./use-job";
import { useSubmission } from "./use-submission";

/** Who keeps what this browser has asked for; nothing of it leaves the browser. */
export interface Memory {
  /** Never rejects; the page goes on to the study's address when it is kept. */
  onAccepted: (job: Job, name: string) => Promise<void>;
  onEnded: (job: Job) => void;
  onSlice: (prediction: Prediction, name: string) => void;
  onForget: (jobId: string) => void;
}

export interface PredictScreen {
  state: ScreenState;
  /** False while the job cannot be asked after; what was known of it is still shown. */
  connected: boolean;
  submit: (submission: Submission) => void;
  submitNew: (origin: Origin) => void;
  /** Ask for the job once more. */
  lookAgain: () => void;
  onCancelled: (jobId: string) => void;
  /** Stop what is being sent, and show again what the address names. */
  onCancelSending: () => void;
  /** Stop what is under way, forget the files and start over. */
  onAnother: () => void;
}

interface Steps {
  /** Go to an address as a step of the work that is under way. */
  step: (to: string, replace: boolean) => Promise<void>;
  /** True once after each step. */
  tookStep: () => boolean;
}

function useSteps(): Steps {
  const navigate = useNavigate();
  const stepping = useRef(false);
  return {
    step: async (to, replace) => {
      stepping.current = true;
      await navigate(to, { replace });
    },
    tookStep: () => {
      const took = stepping.current;
      stepping.current = false;
      return took;
    },
  };
}

/** Call `onMove` with each new address, and each time that the same is gone to again. */
function useMoves(onMove: () => void): void {
  const { key } = useLocation();
  const here = useRef(key);
  const move = useEffectEvent(onMove);
  useLayoutEffect(() => {
    if (here.current === key) return;
    here.current = key;
    move();
  }, [key]);
}

/** The state of the predict page, with the job's id in the address, so that a reload finds it. */
export function usePredictScreen(id: string | null, memory: Memory): PredictScreen {
  const { step, tookStep } = useSteps();
  const { snapshot, lookAgain } = useJob(id);
  const job = snapshot?.job;
  const onAnswer = async (answer: Answer, submission: Submission) => {
    const name = originName(submission.origin);
    if (answer.kind === "slice") {
      memory.onSlice(answer.prediction, name);
      // The address of a study would go on showing that study.
      if (id !== null) await step("/predict", false);
      return;
    }
    // Kept before anything can be reloaded, or the name would be lost.
    await memory.onAccepted(answer.job, name);
    // Back leads to the study that was shown, but not to one that left no answer.
    await step(`/studies/${answer.job.id}`, hasFailed(snapshot));
  };
  const { sending, submit, clear } = useSubmission(onAnswer);
  useMoves(() => {
    // The reader went elsewhere, and leaves what was sent behind.
    if (!tookStep()) clear();
  });

  const onEnded = useEffectEvent((ended: Job) => {
    const submission = submissionOf(sending, ended.id);
    if (!isSingleSlice(ended) || submission === null) {
      memory.onEnded(ended);
      return;
    }
    // It was one slice after all: that has an answer of its own, and no job is left behind.
    memory.onForget(ended.id);
    eraseJob(ended.id).catch(() => undefined);
    void step("/predict", true);
    submit({ ...submission, as: "slice" });
  });
  useEffect(() => {
    if (job !== undefined && hasEnded(job)) onEnded(job);
  }, [job]);

  const onAnother = () => {
    clear();
    if (id !== null) void step("/predict", false);
  };
  return {
    state: toScreenState(sending, snapshot),
    connected: snapshot === null || snapshot.error === null,
    submit,
    submitNew: (origin) => {
      submit({ origin, forced: false, series: null, as: null });
    },
    lookAgain,
    onCancelled: (jobId) => {
      memory.onForget(jobId);
      onAnother();
    },
    onCancelSending: clear,
    onAnother,
  };
}
