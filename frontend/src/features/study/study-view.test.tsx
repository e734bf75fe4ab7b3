import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { StudyPrediction } from "../../api/study-types";
import { renderInApp } from "../../testing/render";
import { aStudy, aStudyInput, aStudyJob } from "../../testing/study-answers";
import { StudyView } from "./study-view";

function show(changes: Partial<StudyPrediction> = {}): void {
  renderInApp(<StudyView job={aStudyJob({ result: aStudy(changes) })} />);
}

describe("StudyView", () => {
  it("says label and probability of the study with the study's threshold, and takes the focus", () => {
    show({ threshold: 0.62 });
    expect(screen.getByRole("heading", { name: "Signs of a tumour" })).toHaveFocus();
    expect(screen.getByText("probability of a tumour in this study")).toBeVisible();
    expect(
      screen.getByRole("img", { name: "Probability 97% on a line from 0% to 100%; threshold 62%" }),
    ).toBeVisible();
  });

  it("is for research use only, always", () => {
    show();
    expect(screen.getByText("Research use only. Not a medical device.")).toBeVisible();
  });

  it("says why it is uncertain", () => {
    const detail = "Two slices of 57 show signs, too few to tell.";
    show({ label: "uncertain", uncertain: { reason: "slices_disagree", detail } });
    expect(screen.getByRole("heading", { name: "Uncertain" })).toBeVisible();
    expect(screen.getByText(new RegExp(detail))).toBeVisible();
  });

  it("shows warnings, the choice of series, and what is left out with its reason", () => {
    const series = { number: 2, of: 3, reason: "Its description names FLAIR." };
    const detail = "The enhancing core shows on T1 after contrast alone.";
    show({
      warnings: ["Two positions were given twice."],
      input: aStudyInput({ series }),
      outputs_withheld: [{ output: "enhancing_core", reason: "needs_t1c", detail }],
    });
    expect(screen.getByText("Two positions were given twice.")).toBeVisible();
    expect(screen.getByText("Its description names FLAIR.")).toBeVisible();
    expect(screen.getByText(detail)).toBeVisible();
  });

  it("warns above all else of an answer that was forced, with the API's reason once", () => {
    const warning =
      "This image would have been refused (not_brain_mr) but for force=true, so the answer may mean nothing.";
    show({ warnings: [warning] });
    const alert = screen.getByRole("alert");
    expect(alert).toHaveTextContent("answered because you insisted");
    const reason = screen.getByText(
      "This image would have been refused had nobody insisted, so the answer may mean nothing.",
    );
    expect(alert).toContainElement(reason);
  });

  it("has viewer, measures, files and the way to a report", () => {
    show();
    for (const name of ["Slices of the study", "Outlined lesion", "Files"]) {
      expect(screen.getByRole("region", { name })).toBeVisible();
    }
    expect(screen.getByRole("link", { name: "Report to print" })).toHaveAttribute(
      "href",
      "/studies/job1/report",
    );
  });
});
