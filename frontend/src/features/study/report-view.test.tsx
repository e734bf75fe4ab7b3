import { fireEvent, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import type { Job } from "../../api/study-types";
import { renderInApp } from "../../testing/render";
import { aStudy, aStudyJob, someArtefacts } from "../../testing/study-answers";
import { ReportView } from "./report-view";

function show(changes: Partial<Job> = {}): void {
  renderInApp(<ReportView job={aStudyJob(changes)} />);
}

describe("ReportView", () => {
  it("has key picture, verdict, measures, model with version, date, id and limits", () => {
    show();
    expect(screen.getByRole("img", { name: /^Axial slice 3 with the outline/ })).toHaveAttribute(
      "src",
      "/api/jobs/job1/slices/3.png?overlay=outline",
    );
    for (const words of [
      "Signs of a tumour, probability 97%",
      "34.5 mL",
      "flair-resnet50 1.1.0",
      "24 November 2026, 16:00 UTC, study job1",
      "Research use only. Not a medical device.",
    ]) {
      expect(screen.getByText(words)).toBeVisible();
    }
    expect(screen.getByText(/no decision may rest on it/)).toBeVisible();
  });

  it("says so where the key picture could not be loaded, in place of a black frame", () => {
    show();
    fireEvent.error(screen.getByRole("img", { name: /^Axial slice 3/ }));
    expect(screen.getByRole("alert")).toHaveTextContent(
      "The picture of slice 3 could not be loaded.",
    );
    expect(screen.queryByRole("img", { name: /^Axial slice 3/ })).not.toBeInTheDocument();
  });

  it("says on the paper, too, that an answer was forced and that nothing stands behind it", () => {
    const warnings = ["This image would have been refused (not_brain_mr) but for force=true."];
    show({ result: aStudy({ warnings }) });
    expect(screen.getByText(/answered because you insisted/)).toBeVisible();
    expect(screen.getByText(/No measurement stands behind this answer/)).toBeVisible();
  });

  it("says that nothing is outlined where nothing is, and skips no level of headings", () => {
    show({ result: aStudy({ lesion: null }) });
    expect(screen.getByRole("img", { name: "Axial slice 3 with nothing outlined" })).toBeVisible();
    expect(screen.queryByRole("heading", { level: 3 })).not.toBeInTheDocument();
  });

  it("counts what is left out among the limits", () => {
    const detail = "The enhancing core shows on T1 after contrast alone.";
    const withheld = [{ output: "enhancing_core" as const, reason: "needs_t1c" as const, detail }];
    show({ result: aStudy({ outputs_withheld: withheld }) });
    expect(screen.getByText(`Enhancing core: left out. ${detail}`)).toBeVisible();
  });

  it("prints, and hands out the API's PDF", async () => {
    const print = vi.spyOn(window, "print").mockImplementation(() => undefined);
    show();
    await userEvent.click(screen.getByRole("button", { name: "Print" }));
    expect(print).toHaveBeenCalledOnce();
    expect(screen.getByRole("link", { name: "PDF" })).toHaveAttribute(
      "href",
      "/api/jobs/job1/report.pdf",
    );
  });

  it("offers no PDF that is not there", () => {
    show({ artefacts: someArtefacts().filter(({ name }) => name !== "report.pdf") });
    expect(screen.queryByRole("link", { name: "PDF" })).not.toBeInTheDocument();
  });
});
