import { describe, expect, it } from "vitest";
import type { Failure } from "../../domain/failure";
import { toFailureWords, toReportLines } from "./failure-words";

const REFUSED = { kind: "refused", title: "", detail: "Why.", forceable: false } as const;

const FAILURES: Failure[] = [
  { kind: "api_down" },
  { kind: "unreadable" },
  { kind: "not_ready", detail: "The model is loading." },
  { kind: "busy", detail: "As many as 64 studies wait." },
  { kind: "gone" },
  { kind: "cancelled" },
  { kind: "too_large", detail: null },
  { ...REFUSED, code: "blank_image", detail: "All pixels are 0." },
  { ...REFUSED, code: "not_brain_mr", detail: "It is noise.", forceable: true },
  { kind: "unknown", status: null, detail: null, requestId: null },
];

describe("toFailureWords", () => {
  it.each(FAILURES)("says what happened and what to do: $kind", (failure) => {
    for (const files of [null, 1, 2]) {
      const { title, what, next } = toFailureWords(failure, files);
      for (const words of [title, what, next]) expect(words).toMatch(/^[A-Z].+/);
      for (const sentences of [what, next]) expect(sentences).toMatch(/\.$/);
    }
  });

  it("gives each kind its own title and icon", () => {
    const words = FAILURES.map((failure) => toFailureWords(failure, 1));
    expect(new Set(words.map(({ title }) => title)).size).toBe(FAILURES.length);
    expect(new Set(words.map(({ icon }) => icon)).size).toBe(FAILURES.length);
  });

  it("points at something to quote, which a study that broke off has in its address", () => {
    const broken: Failure = { kind: "unknown", status: null, detail: "Why.", requestId: null };
    expect(toFailureWords(broken, null).next).toBe(
      "Try again, or choose the files again. If it comes back, report it with the address of this page.",
    );
    expect(toFailureWords({ ...broken, requestId: "5f0c" }, 1).next).toBe(
      "Try again. If it comes back, report it with what stands below.",
    );
  });

  it("does not ask to try again where that cannot end in another way", () => {
    const broken: Failure = { kind: "unknown", status: null, detail: "Why.", requestId: null };
    expect(toFailureWords(broken, null, false).next).toMatch(/^Choose the files again\. If/);
  });

  it.each(["gone", "cancelled"] as const)(
    "asks for files of a study that is %s only where none are here",
    (kind) => {
      expect(toFailureWords({ kind }, null).next).toMatch(/send .+ again/i);
      expect(toFailureWords({ kind }, 1).next).toBe(
        "The files are still chosen here. Try again, and they are sent once more.",
      );
    },
  );

  it("names no parameter of the API", () => {
    const detail = "If it is one, it can be judged all the same (force=true).";
    const failure: Failure = { ...REFUSED, code: "not_brain_mr", detail, forceable: true };
    expect(toFailureWords(failure, 1).what).toBe("If it is one, it can be judged all the same.");
  });

  it("blames no start, and names no address of the API, where the jobs are at fault", () => {
    const detail = "Try again in a moment; a single slice can be sent to /predict meanwhile.";
    const { what, next } = toFailureWords({ kind: "not_ready", detail }, null);
    expect(what).toBe("Try again in a moment; a single slice can be sent meanwhile.");
    expect(next).toBe("Right after a start this is so for a few seconds.");
  });

  it("does not ask for fewer files where one was too large", () => {
    const failure: Failure = { kind: "too_large", detail: null };
    expect(toFailureWords(failure, 1).next).toContain("A smaller file");
    expect(toFailureWords(failure, 20).next).toContain("Send one study at a time");
  });

  it("passes on the reason of the API", () => {
    const failure: Failure = { kind: "too_large", detail: "The file has 30 MB; at most 20." };
    expect(toFailureWords(failure, 1).what).toBe("The file has 30 MB; at most 20.");
  });

  it.each([
    ["not_brain_mr", "This was not taken for MR of a brain"],
    ["wrong_sequence", "This was taken for another sequence than FLAIR"],
  ])("says what %s was taken for, as no fault", (code, title) => {
    const words = toFailureWords({ ...REFUSED, code, forceable: true }, 1);
    expect(words).toMatchObject({ title, tone: "refusal" });
  });

  it("uses the API's title for a refusal that the app does not know", () => {
    const failure: Failure = { ...REFUSED, code: "new", title: "New title" };
    expect(toFailureWords(failure, 1).title).toBe("New title");
  });
});

describe("toFailureWords, after a reload", () => {
  it("does not claim that the files are still here", () => {
    for (const failure of FAILURES) {
      expect(toFailureWords(failure, null).next).not.toContain("still chosen");
    }
    expect(toFailureWords({ kind: "api_down" }, 1).next).toContain("still chosen");
  });
});

describe("toReportLines", () => {
  it("quotes status and request id of an unknown failure", () => {
    const failure: Failure = { kind: "unknown", status: 500, detail: null, requestId: "5f0c" };
    expect(toReportLines(failure)).toEqual([
      { name: "Status", value: "500" },
      { name: "Request id", value: "5f0c" },
    ]);
  });

  it("quotes the code of a refusal", () => {
    const failure: Failure = { ...REFUSED, code: "no_file" };
    expect(toReportLines(failure)).toEqual([{ name: "Code", value: "no_file" }]);
  });

  it("has nothing to quote when nobody answered", () => {
    expect(toReportLines({ kind: "api_down" })).toEqual([]);
  });
});
