import { describe, expect, it } from "vitest";
import type { StudyPrediction } from "../api/study-types";
import { WITHHELD } from "../testing/answers";
import { aStudy, aVolumeLesion } from "../testing/study-answers";
import { toStudyDoubt, toStudyVerdict } from "./study-verdict";

describe("toStudyVerdict", () => {
  it("names the study's own threshold, not that of its slices", () => {
    const { tone, reason } = toStudyVerdict(aStudy({ threshold: 0.62, slice_threshold: 0.41 }));
    expect(tone).toBe("tumor");
    expect(reason).toContain("above its threshold of 62%");
  });

  it("says that nothing was seen below it", () => {
    const { tone, heading, reason } = toStudyVerdict(aStudy({ label: "no_tumor" }));
    expect([tone, heading]).toEqual(["no_tumor", "No sign of a tumour"]);
    expect(reason).toContain("below its threshold");
  });

  it("gives the API's reason for doubt, and leaves the matter to a person", () => {
    const detail = "Two slices of 57 show signs, too few to tell.";
    const uncertain = { reason: "slices_disagree" as const, detail };
    const { tone, reason } = toStudyVerdict(aStudy({ label: "uncertain", uncertain }));
    expect(tone).toBe("uncertain");
    expect(reason).toBe(`${detail} A person has to decide here.`);
  });

  it.each([
    ["both_sides_alike", "What is outlined lies on both sides of the head alike."],
    ["a_reason_of_tomorrow", "The slices were shuffled."],
  ])("speaks for a study over its threshold that is uncertain for %s", (reason, detail) => {
    const uncertain = { reason, detail } as StudyPrediction["uncertain"];
    const verdict = toStudyVerdict(aStudy({ label: "uncertain", probability: 0.97, uncertain }));
    expect(verdict.reason).toBe(`${detail} A person has to decide here.`);
  });
});

describe("toStudyDoubt", () => {
  it("is raised where classifier and outline disagree, either way", () => {
    const lesion = aVolumeLesion();
    expect(toStudyDoubt(aStudy({ label: "no_tumor", lesion }))).toContain("do not agree");
    expect(toStudyDoubt(aStudy({ label: "tumor", lesion: null }))).toContain("do not agree");
  });

  it("is not where they agree", () => {
    expect(toStudyDoubt(aStudy())).toBeNull();
    expect(toStudyDoubt(aStudy({ label: "no_tumor", lesion: null }))).toBeNull();
    expect(toStudyDoubt(aStudy({ label: "uncertain" }))).toBeNull();
  });

  it("is not where the model outlines nothing: there is no second answer to agree with", () => {
    const withheld = [WITHHELD.core, WITHHELD.mask];
    const study = aStudy({ label: "tumor", lesion: null, outputs_withheld: withheld });
    expect(toStudyDoubt(study)).toBeNull();
  });
});
