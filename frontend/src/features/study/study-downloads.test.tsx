import { render, screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { aStudyJob } from "../../testing/study-answers";
import { StudyDownloads } from "./study-downloads";

describe("StudyDownloads", () => {
  it("links every file with its size and what it is for", () => {
    render(<StudyDownloads job={aStudyJob()} />);
    const links = within(screen.getByRole("region", { name: "Files" })).getAllByRole("link");
    expect(links).toHaveLength(6);
    const [mask] = links;
    expect(mask).toHaveAttribute("href", "/api/jobs/job1/mask.nii.gz");
    expect(mask).toHaveAttribute("download", "mask.nii.gz");
    expect(mask).toHaveTextContent("12 kB");
    expect(mask).toHaveTextContent("on the scan’s own grid");
  });

  it("is nothing where there are none", () => {
    const { container } = render(<StudyDownloads job={aStudyJob({ artefacts: [] })} />);
    expect(container).toBeEmptyDOMElement();
  });
});
