import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { describe, expect, it } from "vitest";
import { aPrediction } from "../../testing/answers";
import { aQueuedJob } from "../../testing/job-server";
import { aStudyJob } from "../../testing/study-answers";
import { useMemory } from "./history-query";
import { eraseHistory, readEntry, readHistory, updateStudy } from "./history-store";

function openMemory() {
  const client = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  return renderHook(useMemory, { wrapper }).result.current;
}

describe("useMemory", () => {
  it("keeps a study from the moment it is taken in, and what came of it", async () => {
    const memory = openMemory();
    await memory.onAccepted(aQueuedJob(), "anna.nii.gz");
    expect(await readEntry("job1")).toMatchObject({ outcome: null });
    memory.onEnded(aStudyJob());
    await expect
      .poll(() => readEntry("job1"))
      .toMatchObject({ name: "anna.nii.gz", outcome: { label: "tumor" } });
  });

  it("keeps the answer for a slice, and forgets what it is told to", async () => {
    const memory = openMemory();
    memory.onSlice(aPrediction(), "slice.png");
    await memory.onAccepted(aQueuedJob(), "anna.nii.gz");
    await expect.poll(readHistory).toHaveLength(2);
    memory.onForget("job1");
    await expect.poll(readHistory).toMatchObject([{ name: "slice.png" }]);
  });
});

describe("updateStudy", () => {
  it("does not bring back a line that was erased, nor adds somebody else's study", async () => {
    await eraseHistory();
    await updateStudy(aStudyJob());
    expect(await readHistory()).toEqual([]);
  });
});
