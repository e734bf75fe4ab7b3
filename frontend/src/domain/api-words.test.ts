import { describe, expect, it } from "vitest";
import { isForced, toLicenceWords, toReaderWords, toSentence } from "./api-words";

describe("toReaderWords", () => {
  it.each([
    [
      "If it is one, it can be judged all the same (force=true).",
      "If it is one, it can be judged all the same.",
    ],
    [
      "This image would have been refused (not_brain_mr) but for force=true, so the answer may mean nothing.",
      "This image would have been refused had nobody insisted, so the answer may mean nothing.",
    ],
    ["Send one, or name it with series=N.", "Send one, or name it."],
    [
      "The upload is larger than the 134 MB that this server answers at once. Send one slice or one series, compressed, or send the study as a job (POST /jobs).",
      "The upload is larger than the 134 MB that this server answers at once. Send one slice or one series, compressed.",
    ],
    [
      "The upload is a single slice; a job takes a volume. Send a slice to /predict, which answers at once.",
      "The upload is a single slice. Send it again by itself: it is answered at once.",
    ],
    [
      "The store of the jobs does not answer. Try again in a moment; a single slice can be sent to /predict meanwhile.",
      "The store of the jobs does not answer. Try again in a moment; a single slice can be sent meanwhile.",
    ],
    ["It unpacks to more than 1073741824 bytes.", "It unpacks to more than 1.1 GB."],
    ["A file is empty (0 bytes).", "A file is empty (0 bytes)."],
    ["All pixels are 0.", "All pixels are 0."],
  ])("leaves nothing in that is for programs: %s", (said, read) => {
    expect(toReaderWords(said)).toBe(read);
  });
});

describe("isForced", () => {
  it("knows the warning of an answer that was insisted on from all others", () => {
    const warning = "This image would have been refused (wrong_sequence) but for force=true.";
    expect(isForced(["The slice is in colour.", warning])).toBe(true);
    expect(isForced(["It may be T1, though not surely enough to be refused."])).toBe(false);
    expect(isForced([])).toBe(false);
  });
});

describe("toLicenceWords", () => {
  it("says where the file is that a card points at", () => {
    expect(toLicenceWords("Research use only; see models/LICENSE")).toBe(
      "Research use only; its terms are in the source code, in models/LICENSE.",
    );
    expect(toLicenceWords("Research use only")).toBe("Research use only.");
  });
});

describe("toSentence", () => {
  it("ends words that have no full stop, and no others", () => {
    expect(toSentence("Research use only")).toBe("Research use only.");
    expect(toSentence("Research use only.")).toBe("Research use only.");
  });
});
