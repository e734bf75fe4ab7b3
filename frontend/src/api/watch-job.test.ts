import { describe, expect, it, vi } from "vitest";
import { stubEventSource } from "../testing/event-source";
import { aRunningJob } from "../testing/job-server";
import { watchJob } from "./watch-job";

describe("watchJob", () => {
  it("hands over every job that the stream tells", () => {
    const opened = stubEventSource();
    const onJob = vi.fn();
    watchJob("job1", { onJob, onLost: () => undefined });
    expect(opened.map(({ url }) => url)).toEqual(["/api/jobs/job1/events"]);
    opened[0]?.tell(aRunningJob());
    opened[0]?.tell(aRunningJob({ slices_done: 4 }));
    expect(onJob).toHaveBeenNthCalledWith(1, aRunningJob());
    expect(onJob).toHaveBeenNthCalledWith(2, aRunningJob({ slices_done: 4 }));
  });

  it("closes a stream that breaks and says so, rather than to reconnect for ever", () => {
    const opened = stubEventSource();
    const onLost = vi.fn();
    watchJob("job1", { onJob: () => undefined, onLost });
    opened[0]?.breakOff();
    expect(opened[0]?.closed).toBe(true);
    expect(onLost).toHaveBeenCalledTimes(1);
  });

  it("stops listening when told", () => {
    const opened = stubEventSource();
    const onLost = vi.fn();
    watchJob("job1", { onJob: () => undefined, onLost })();
    expect(opened[0]?.closed).toBe(true);
    expect(onLost).not.toHaveBeenCalled();
  });

  it("is lost at once in a browser without streams", () => {
    const onLost = vi.fn();
    watchJob("job1", { onJob: () => undefined, onLost });
    expect(onLost).toHaveBeenCalledTimes(1);
  });
});
