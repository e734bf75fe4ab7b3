import { describe, expect, it } from "vitest";
import { someArtefacts } from "../testing/study-answers";
import { findDownload, slicePicture, toDownloads } from "./study-artefacts";

describe("toDownloads", () => {
  it("puts the mask first and the scan itself last, each with what it is for", () => {
    const downloads = toDownloads(someArtefacts(), true);
    expect(downloads.map(({ name }) => name)).toEqual([
      "mask.nii.gz",
      "mask.dcm",
      "report.pdf",
      "report.json",
      "montage.png",
      "volume.nii.gz",
    ]);
    for (const { purpose } of downloads) expect(purpose).toMatch(/\.$/);
  });

  it("calls the mask empty where nothing is outlined", () => {
    for (const { name, purpose } of toDownloads(someArtefacts(), false)) {
      expect(purpose).not.toMatch(/the outline/i);
      if (name.startsWith("mask")) expect(purpose).toMatch(/empty/i);
    }
  });

  it("finds a file through the API's address", () => {
    expect(findDownload(someArtefacts("a1"), "mask.dcm")?.address).toBe("/api/jobs/a1/mask.dcm");
    expect(findDownload([], "mask.dcm")).toBeNull();
  });

  it("offers a file that it does not know by its name", () => {
    const artefact = { name: "new.bin", href: "/jobs/a/new.bin", media_type: "x", size_bytes: 1 };
    expect(toDownloads([artefact, ...someArtefacts()], true).at(-1)).toMatchObject({
      title: "new.bin",
      purpose: null,
    });
  });
});

describe("slicePicture", () => {
  it("names job, slice and overlay", () => {
    expect(slicePicture({ id: "a 1" }, 7, "fill")).toBe(
      "/api/jobs/a%201/slices/7.png?overlay=fill",
    );
  });
});
