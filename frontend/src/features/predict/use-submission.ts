import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { eraseJob, jobQuery, postJob } from "../../api/jobs";
import { predictSlice } from "../../api/predict";
import { healthQuery } from "../../api/queries";
import { requestSample } from "../../api/request";
import { RequestFailed, toFailure } from "../../domain/failure";
import { areReadable, toUploadKind } from "../../domain/upload";
import type { Answer, Origin, SendingSnapshot, Sent, Submission } from "./screen-state";

interface Sending {
  submission: Submission;
  signal: AbortSignal;
}

async function openFiles(origin: Origin, signal: AbortSignal): Promise<readonly File[]> {
  if (origin.kind === "files") return origin.files;
  return [await requestSample(origin.sample.path, origin.sample.name, signal)];
}

async function sendFiles(
  files: readonly File[],
  { submission, signal }: Sending,
  onSent: (sent: Sent) => void,
): Promise<Answer> {
  const as = submission.as ?? (await toUploadKind(files));
  // Files may take long to open; others may have been chosen meanwhile.
  signal.throwIfAborted();
  onSent({ as, share: 0 });
  if (as === "slice") {
    const prediction = await predictSlice(files, submission.forced, signal);
    if (prediction !== null) return { kind: "slice", prediction };
  }
  const job = await postJob(files, submission, signal, (share) => {
    onSent({ as: "study", share });
  });
  return { kind: "job", job };
}

async function send(sending: Sending, onSent: (sent: Sent) => void): Promise<Answer> {
  const files = await openFiles(sending.submission.origin, sending.signal);
  try {
    return await sendFiles(files, sending, onSent);
  } catch (thrown) {
    const { kind } = toFailure(thrown);
    // A file that is gone ends a request as a service that is gone does.
    const unexplained = kind === "api_down" || kind === "unknown";
    if (unexplained && !sending.signal.aborted && !(await areReadable(files))) {
      throw new RequestFailed({ kind: "unreadable" });
    }
    throw thrown;
  }
}

interface SubmissionControl {
  sending: SendingSnapshot;
  submit: (submission: Submission) => void;
  /** Abort what is under way and forget the files. */
  clear: () => void;
}

/** Send uploads one at a time; a new one, `clear` and leaving the page abort the one before. */
export function useSubmission(
  onAnswer: (answer: Answer, submission: Submission) => Promise<void>,
): SubmissionControl {
  const client = useQueryClient();
  const underWay = useRef<AbortController | null>(null);
  const [sent, setSent] = useState<Sent | null>(null);
  const { mutate, reset, status, variables, data, error } = useMutation({
    mutationFn: (sending: Sending) => send(sending, setSent),
    onSuccess: async (answer, { submission, signal }) => {
      if (signal.aborted) {
        // Taken in at the very moment of the cancel: nobody waits for it.
        if (answer.kind === "job") eraseJob(answer.job.id).catch(() => undefined);
        return;
      }
      if (answer.kind === "job") {
        client.setQueryData(jobQuery(answer.job.id).queryKey, answer.job);
      }
      await onAnswer(answer, submission);
    },
    // What was known about the service before this failure may be wrong now.
    onError: () => client.invalidateQueries({ queryKey: healthQuery.queryKey }),
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
    setSent(null);
    mutate({ submission, signal: controller.signal });
  };
  const clear = () => {
    underWay.current?.abort();
    reset();
  };
  const sending = { status, submission: variables?.submission, sent, data, error };
  return { sending, submit, clear };
}
