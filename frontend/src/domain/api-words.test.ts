import { describe, expect, it } from "vitest";
import { toReaderWords, toSentence } from "./api-words";

describe("toReaderWords", () => {
  it.each([
    [
      "If it is one, it can be judged all the same (force=true).",
      "If it is one, it can be judged all the same.",
    ],
    [
      "This image would have been refused (not_brain_mr) but for force=true, so the answer may mean nothing.",
      "This image would have been refused (not_brain_mr) had nobody insisted, so the answer may mean nothing.",
    ],
    ["Send one, or name it with series=N.", "Send one, or name it."],
    ["All pixels are 0.", "All pixels are 0."],
  ])("leaves no parameter in: %s", (said, read) => {
    expect(toReaderWords(said)).toBe(read);
  });
});

describe("toSentence", () => {
  it("ends words that have no full stop, and no others", () => {
    expect(toSentence("Research use only")).toBe("Research use only.");
    expect(toSentence("Research use only.")).toBe("Research use only.");
  });
});
