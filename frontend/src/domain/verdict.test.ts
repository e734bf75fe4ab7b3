import { describe, expect, it } from "vitest";
import type { Prediction } from "../api/wire";
import { aPrediction } from "../testing/answers";
import { toVerdict } from "./verdict";

describe("toVerdict", () => {
  it("says signs of a tumour, above threshold and band", () => {
    const verdict = toVerdict(aPrediction({ label: "tumor" }));
    expect(verdict.heading).toBe("Signs of a tumour");
    expect(verdict.reason).toContain("above the threshold of 41%");
    expect(verdict.reason).toContain("33% to 52%");
  });

  it("says no sign, never that there is no tumour", () => {
    const verdict = toVerdict(aPrediction({ label: "no_tumor", probability: 0.04 }));
    expect(verdict.heading).toBe("No sign of a tumour");
    expect(verdict.reason).toContain("below the threshold of 41%");
  });

  it("tells a threshold from a probability that rounds to the same", () => {
    const verdict = toVerdict(aPrediction({ probability: 0.414, threshold: 0.406 }));
    expect(verdict.reason).toContain("above the threshold of 40.6%");
  });

  it("leaves the decision to a person inside the band", () => {
    const verdict = toVerdict(aPrediction({ label: "uncertain", probability: 0.44 }));
    expect(verdict.heading).toBe("Uncertain");
    expect(verdict.reason).toContain("inside the uncertain band of 33% to 52%");
    expect(verdict.reason).toContain("a person has to");
  });

  it("tells a slice that the model does not know from one in the band", () => {
    const uncertain = { reason: "out_of_distribution", detail: "Unlike." } as const;
    const { reason } = toVerdict(aPrediction({ label: "uncertain", probability: 0.9, uncertain }));
    expect(reason).toContain("unlike the slices that the model knows");
    expect(reason).not.toContain("band");
    expect(reason).toContain("a person has to");
  });

  it("says of what lies on both sides alike that it may be white matter disease", () => {
    const uncertain = { reason: "both_sides_alike", detail: "Alike." } as const;
    const { reason } = toVerdict(aPrediction({ label: "uncertain", probability: 0.9, uncertain }));
    expect(reason).toContain("white matter disease");
    expect(reason).not.toContain("band");
  });

  it("gives the API's own words for a reason that this app does not know yet", () => {
    const uncertain = { reason: "a_reason_of_tomorrow", detail: "The slice is cut off." };
    const { reason } = toVerdict(
      aPrediction({ label: "uncertain", uncertain: uncertain as Prediction["uncertain"] }),
    );
    expect(reason).toBe("The slice is cut off. The model does not decide here; a person has to.");
  });

  it("follows the label of the model, not its own reading of the probability", () => {
    expect(toVerdict(aPrediction({ label: "no_tumor", probability: 0.9 })).tone).toBe("no_tumor");
  });
});
