import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { predictSlice } from "../../api/predict";
import { healthQuery } from "../../api/queries";
import { requestImageFile } from "../../api/request";
import { toPredictionState, type PredictionState, type SliceOrigin } from "./prediction-state";

interface Submission {
  origin: SliceOrigin;
  signal: AbortSignal;
}

async function openFile({ origin, signal }: Submission): Promise<File> {
  if (origin.kind === "file") return origin.file;
  return requestImageFile(origin.sample.path, origin.sample.name, signal);
}

interface PredictionControl {
  state: PredictionState;
  submit: (origin: SliceOrigin) => void;
  /** Abort what is under way and forget the slice. */
  clear: () => void;
}

/** Send slices one at a time; a new one, `clear` and leaving the page abort the one before. */
export function usePrediction(): PredictionControl {
  const queryClient = useQueryClient();
  const underWay = useRef<AbortController | null>(null);
  const { mutate, reset, status, variables, data, error } = useMutation({
    mutationFn: async (submission: Submission) =>
      predictSlice(await openFile(submission), submission.signal),
    // What was known about the service before this failure may be wrong now.
    onError: () => queryClient.invalidateQueries({ queryKey: healthQuery.queryKey }),
  });

  useEffect(
    () => () => {
      underWay.current?.abort();
    },
    [],
  );

  const submit = (origin: SliceOrigin) => {
    underWay.current?.abort();
    const controller = new AbortController();
    underWay.current = controller;
    mutate({ origin, signal: controller.signal });
  };
  const clear = () => {
    underWay.current?.abort();
    reset();
  };
  const state = toPredictionState({ status, origin: variables?.origin, data, error });
  return { state, submit, clear };
}
