import { describe, expect, it } from "vitest";
import type { StudyInput } from "../api/study-types";
import { aStudy, aStudyInput, aVolumeLesion } from "../testing/study-answers";
import {
  describeCounts,
  describeOrientation,
  formatVolume,
  toLesionFacts,
  toStudyFacts,
  type StudyFact,
} from "./study-facts";

function find(facts: readonly StudyFact[], name: string): StudyFact | undefined {
  return facts.find((fact) => fact.name === name);
}

describe("formatVolume", () => {
  it.each([
    [0.02, "<0.1 mL"],
    [0.34, "0.3 mL"],
    [34.52, "34.5 mL"],
    [0, "0.0 mL"],
  ])("writes %d as %s", (value, words) => {
    expect(formatVolume(value)).toBe(words);
  });
});

describe("toLesionFacts", () => {
  it("gives volume, diameter, area with its slice, slices and parts", () => {
    const facts = toLesionFacts(aVolumeLesion({ slices: 1 }));
    expect(facts.map(({ name, value }) => `${name}: ${value}`)).toEqual([
      "Volume: 34.5 mL",
      "Longest diameter: 48 mm",
      "Largest area: 1,234 mm²",
      "Outlined in: 1 slice",
      "Separate parts: 2",
    ]);
    expect(find(facts, "Largest area")?.note).toBe("in slice 3");
  });

  it("gives no lesion an area of nought", () => {
    const facts = toLesionFacts(aVolumeLesion({ largest_area_mm2: 0.22 }));
    expect(find(facts, "Largest area")?.value).toBe("<1 mm²");
  });
});

describe("toStudyFacts", () => {
  it("tells shape, spacing and orientation of the input", () => {
    const facts = toStudyFacts(aStudy());
    expect(find(facts, "Scan")).toMatchObject({
      value: "160 × 200 × 8 voxels",
      note: "NIfTI, 1.20 × 1.10 × 5.00 mm apart",
    });
    expect(find(facts, "Orientation")).toMatchObject({
      value: "LPS",
      note: "the array’s axes run to the patient’s left, back and head",
    });
  });

  it("names a format that this app does not know as the API does", () => {
    const input = { ...aStudyInput(), format: "minc" } as unknown as StudyInput;
    expect(find(toStudyFacts(aStudy({ input })), "Scan")?.note).toMatch(/^minc, /);
  });

  it("says how the slices are numbered: a DICOM series is not by its files' own numbers", () => {
    expect(find(toStudyFacts(aStudy()), "Slices")?.note).toMatch(
      /; numbered from 0, as in the file$/,
    );
    const series = aStudy({ input: aStudyInput({ format: "dicom" }) });
    expect(find(toStudyFacts(series), "Slices")?.note).toMatch(
      /; numbered from 0, by where they lie$/,
    );
  });

  it("names the sequences used, and those that were given and not used", () => {
    const given = aStudyInput({ sequences_given: ["FLAIR", "T1c"] });
    expect(find(toStudyFacts(aStudy({ input: given })), "Sequences")).toMatchObject({
      value: "FLAIR",
      note: "given too, and not used: T1c",
    });
    expect(find(toStudyFacts(aStudy()), "Sequences")?.note).toBe("all that the answer rests on");
  });

  it("says which series was taken and why, where there was a choice", () => {
    const series = { number: 2, of: 3, reason: "Its description names FLAIR." };
    const facts = toStudyFacts(aStudy({ input: aStudyInput({ series }) }));
    expect(find(facts, "Series")).toMatchObject({
      value: "2 of 3",
      note: "Its description names FLAIR.",
    });
    expect(find(toStudyFacts(aStudy()), "Series")).toBeUndefined();
  });

  it("leaves out a time that was not taken", () => {
    expect(find(toStudyFacts(aStudy()), "Time")?.value).toBe("5.9 s");
    expect(find(toStudyFacts(aStudy({ timings_ms: {} })), "Time")).toBeUndefined();
  });
});

describe("words for slices and axes", () => {
  it("counts how the slices fell", () => {
    expect(describeCounts(aStudy().slices)).toBe(
      "3 with signs of a tumour, 1 uncertain, 2 without, 2 empty and not judged",
    );
  });

  it("says where the axes run", () => {
    expect(describeOrientation("AIR")).toBe(
      "the array’s axes run to the patient’s front, feet and right",
    );
  });
});
