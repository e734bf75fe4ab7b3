import { jobEventsAddress } from "./jobs";
import type { Job } from "./study-types";

interface Listener {
  onJob: (job: Job) => void;
  /** The stream is over; whoever still waits has to ask. */
  onLost: () => void;
}

/**
 * Listen to a job's own stream and return what stops it. A browser would reconnect by itself, also
 * after the end; the stream is closed instead and the listener told, so that there is one way on.
 */
export function watchJob(id: string, { onJob, onLost }: Listener): () => void {
  if (typeof EventSource === "undefined") {
    onLost();
    return () => undefined;
  }
  const stream = new EventSource(jobEventsAddress(id));
  stream.addEventListener("job", (event: MessageEvent<string>) => {
    onJob(JSON.parse(event.data) as Job);
  });
  stream.onerror = () => {
    stream.close();
    onLost();
  };
  return () => {
    stream.close();
  };
}
