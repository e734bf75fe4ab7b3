import { describe, expect, it } from "vitest";
import { describeUpload, nameUpload, toPath, toUploadKind, withoutLitter } from "./upload";

function placed(path: string, content = "x"): File {
  const file = new File([content], path.split("/").at(-1) ?? path);
  Object.defineProperty(file, "relativePath", { value: path });
  return file;
}

describe("toPath", () => {
  it.each([
    ["./study.nii.gz", "study.nii.gz"],
    ["/anna/flair/001.dcm", "anna/flair/001.dcm"],
    ["anna/001.dcm", "anna/001.dcm"],
  ])("takes %s for %s", (given, path) => {
    expect(toPath(placed(given))).toBe(path);
  });

  it("is the name of a file that came alone", () => {
    expect(toPath(new File(["x"], "study.mha"))).toBe("study.mha");
  });

  it("knows the way that a folder picker tells", () => {
    const file = new File(["x"], "001.dcm");
    Object.defineProperty(file, "webkitRelativePath", { value: "anna/001.dcm" });
    expect(toPath(file)).toBe("anna/001.dcm");
  });
});

describe("withoutLitter", () => {
  it("leaves out what systems put into folders, and nothing else", () => {
    const kept = ["a/001.dcm", "a/IM0001", "a/study.nii.gz"].map((path) => placed(path));
    const litter = ["a/.DS_Store", "a/Thumbs.db", "a/DICOMDIR", "__MACOSX/a/001.dcm"].map((path) =>
      placed(path),
    );
    expect(withoutLitter([...kept, ...litter])).toEqual(kept);
  });
});

describe("toUploadKind", () => {
  it.each([
    ["a PNG by its type", new File(["x"], "slice.png", { type: "image/png" })],
    ["a PNG by its bytes", new File([new Uint8Array([137, 80, 78, 71, 13])], "slice")],
    ["a JPEG by its bytes", new File([new Uint8Array([255, 216, 255, 224])], "slice")],
    ["a TIFF by its bytes", new File(["II*\0"], "slice")],
  ])("takes %s for a slice", async (_, file) => {
    expect(await toUploadKind([file])).toBe("slice");
  });

  it.each([
    ["a NIfTI", [new File([new Uint8Array([0x1f, 0x8b, 8, 0])], "study.nii.gz")]],
    ["a DICOM file", [new File(["\0".repeat(128), "DICM"], "001.dcm")]],
    ["a zip", [new File(["PK\x03\x04"], "study.zip", { type: "application/zip" })]],
    ["several pictures", ["1.png", "2.png"].map((n) => new File(["x"], n, { type: "image/png" }))],
  ])("takes %s for a study", async (_, files) => {
    expect(await toUploadKind(files)).toBe("study");
  });
});

describe("nameUpload", () => {
  it.each([
    [["./study.nii.gz"], "study.nii.gz"],
    [["/anna/001.dcm", "/anna/t1/002.dcm"], "anna"],
    [["/anna/001.dcm"], "001.dcm"],
    [["./flair.mhd", "./flair.raw"], "flair.mhd and 1 more"],
    [["/anna/1.dcm", "/bert/1.dcm"], "1.dcm and 1 more"],
    [["./a.nii", "/anna/b.nii", "/anna/c.nii"], "a.nii and 2 more"],
  ])("calls %o %s", (paths, name) => {
    expect(nameUpload(paths.map((path) => placed(path)))).toBe(name);
  });
});

describe("describeUpload", () => {
  it("adds the size, and the count of several files", () => {
    expect(describeUpload([placed("./study.nii.gz")])).toBe("study.nii.gz, 1 byte");
    expect(describeUpload([placed("/anna/1.dcm", "xx"), placed("/anna/2.dcm")])).toBe(
      "anna, 2 files, 3 bytes",
    );
  });

  it("keeps a name that runs from right to left from turning count and size round", () => {
    const [name, files] = ["مريض 12", ["1.dcm", "2.dcm"]] as const;
    expect(describeUpload(files.map((file) => placed(`/${name}/${file}`)))).toBe(
      `\u2068${name}\u2069, 2 files, 2 bytes`,
    );
  });
});
