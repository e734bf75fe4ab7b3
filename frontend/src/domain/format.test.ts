import { describe, expect, it } from "vitest";
import {
  formatArea,
  formatBeside,
  formatBytes,
  formatCount,
  formatDate,
  formatFigure,
  formatInterval,
  formatMilliseconds,
  formatMoment,
  formatMomentInUtc,
  formatPoints,
  formatProbability,
  formatShare,
  shortHash,
} from "./format";

describe("formatProbability", () => {
  it.each([
    [0.41, "41%"],
    [0.5, "50%"],
    [0.005, "1%"],
  ])("rounds %d to %s", (probability, words) => {
    expect(formatProbability(probability)).toBe(words);
  });

  it.each([
    [0, "<1%"],
    [0.0001, "<1%"],
    [0.0049, "<1%"],
    [0.995, ">99%"],
    [0.99999, ">99%"],
    [1, ">99%"],
  ])("never rounds %d to a certainty", (probability, words) => {
    expect(formatProbability(probability)).toBe(words);
  });
});

describe("formatArea", () => {
  it.each([
    [0.22, "<1 mm²"],
    [0.5, "1 mm²"],
    [1086.4, "1,086 mm²"],
  ])("writes %d as %s", (area, words) => {
    expect(formatArea(area)).toBe(words);
  });
});

describe("formatBeside", () => {
  it.each([
    [0.487, [0.4912], "48.7%"],
    [0.4912, [0.487], "49.1%"],
    [0.523, [0.41, 0.33, 0.518], "52.3%"],
    [0.487, [0.41], "49%"],
    [0.41, [0.41], "41%"],
    [0.002, [0.004], "0.2%"],
    [0.9999, [0.997], ">99%"],
    [0.0001, [0.004], "<1%"],
    [0.4996, [0.5], "49.96%"],
    [0.5, [0.4996], "50.00%"],
    [0.489999, [0.49], "48.9999%"],
  ])("tells %d from %j: %s", (probability, others, words) => {
    expect(formatBeside(probability, ...others)).toBe(words);
  });
});

describe("figures", () => {
  it("tell a change of a probability in points, to a decimal", () => {
    expect(formatPoints(0.0121)).toBe("1.2 points");
  });

  it("have two decimals", () => {
    expect(formatFigure(0.9514)).toBe("0.95");
  });

  it("read as all or nothing only where they are", () => {
    expect([0, 1, 0.9951, 0.998, 0.002].map(formatFigure)).toEqual([
      "0.00",
      "1.00",
      "0.995",
      "0.998",
      "0.002",
    ]);
  });

  it("have an interval with both ends", () => {
    expect(formatInterval({ value: 0.95, low: 0.921, high: 0.974 })).toBe("0.92 to 0.97");
  });

  it("say so where one patient gives no interval", () => {
    expect(formatInterval({ value: 0.95, low: null, high: null })).toBe("no interval");
  });

  it("have shares in per cent with one decimal", () => {
    expect(formatShare(0.0621)).toBe("6.2%");
  });
});

describe("formatMilliseconds", () => {
  it.each([
    [0.61, "0.6 ms"],
    [14.8, "15 ms"],
    [999, "999 ms"],
    [1234, "1.2 s"],
  ])("writes %d as %s", (milliseconds, words) => {
    expect(formatMilliseconds(milliseconds)).toBe(words);
  });
});

describe("formatCount", () => {
  it.each([
    [0, "0 slices"],
    [1, "1 slice"],
    [1044, "1,044 slices"],
  ])("agrees with its noun: %d", (count, words) => {
    expect(formatCount(count, "slice")).toBe(words);
  });
});

describe("formatBytes", () => {
  it.each([
    [1, "1 byte"],
    [12, "12 bytes"],
    [1500, "1.5 kB"],
    [35_000, "35 kB"],
    [20_971_520, "21 MB"],
    [3_000_000_000_000, "3000 GB"],
  ])("writes %d as %s", (bytes, words) => {
    expect(formatBytes(bytes)).toBe(words);
  });
});

describe("formatDate", () => {
  it("writes an ISO date for people", () => {
    expect(formatDate("2026-11-23")).toBe("23 November 2026");
  });

  it("keeps what is no date", () => {
    expect(formatDate("unknown")).toBe("unknown");
  });
});

describe("formatMoment", () => {
  it("writes day and minute on the reader's own clock", () => {
    expect(formatMoment("2026-11-24T16:05:00")).toBe("24 Nov 2026, 16:05");
  });

  it("quotes what is no moment", () => {
    expect(formatMoment("soon")).toBe("soon");
  });
});

describe("formatMomentInUtc", () => {
  it("names the clock that day and minute are of, whatever the reader's own", () => {
    expect(formatMomentInUtc("2026-11-24T23:30:00+00:00")).toBe("24 November 2026, 23:30 UTC");
    expect(formatMomentInUtc("2026-11-25T01:05:00+02:00")).toBe("24 November 2026, 23:05 UTC");
  });

  it("quotes what is no moment", () => {
    expect(formatMomentInUtc("soon")).toBe("soon");
  });
});

describe("shortHash", () => {
  it("keeps the first twelve digits", () => {
    expect(shortHash("0123456789abcdef")).toBe("0123456789ab");
  });
});
