import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { predictSlice } from "../../api/predict";
import { healthQuery } from "../../api/queries";
import { requestImageFile } from "../../api/request";
import {
  toPredictionState,
  type PredictionState,
  type SliceOrigin,
  type Submission,
} from "./prediction-state";

interface Sending {
  submission: Submission;
  signal: AbortSignal;
}

async function openFile(origin: SliceOrigin, signal: AbortSignal): Promise<File> {
  if (origin.kind === "file") return origin.file;
  return requestImageFile(origin.sample.path, origin.sample.name, signal);
}

interface PredictionControl {
  state: PredictionState;
  submit: (submission: Submission) => void;
  /** Abort what is under way and forget the slice. */
  clear: () => void;
}

/** Send slices one at a time; a new one, `clear` and leaving the page abort the one before. */
export function usePrediction(): PredictionControl {
  const queryClient = useQueryClient();
  const underWay = useRef<AbortController | null>(null);
  const { mutate, reset, status, variables, data, error } = useMutation({
    mutationFn: async ({ submission, signal }: Sending) =>
      predictSlice(await openFile(submission.origin, signal), submission.forced, signal),
    // What was known about the service before this failure may be wrong now.
    onError: () => queryClient.invalidateQueries({ queryKey: healthQuery.queryKey }),
  });

  useEffect(
    () => () => {
      underWay.current?.abort();
    },
    [],
  );

  const submit = (submission: Submission) => {
    underWay.current?.abort();
    const controller = new AbortController();
    underWay.current = controller;
    mutate({ submission, signal: controller.signal });
  };
  const clear = () => {
    underWay.current?.abort();
    reset();
  };
  const state = toPredictionState({ status, submission: variables?.submission, data, error });
  return { state, submit, clear };
}
