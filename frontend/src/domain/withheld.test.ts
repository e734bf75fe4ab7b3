import { describe, expect, it } from "vitest";
import { WITHHELD } from "../testing/answers";
import { groupWithheld } from "./withheld";

describe("groupWithheld", () => {
  it("is empty where nothing is left out", () => {
    expect(groupWithheld([])).toEqual([]);
  });

  it("names outputs in plain words", () => {
    expect(groupWithheld([WITHHELD.mask])).toEqual([
      { names: "Outline", detail: WITHHELD.mask.detail },
    ]);
  });

  it("tells a shared reason once", () => {
    const groups = groupWithheld([WITHHELD.area, WITHHELD.core, WITHHELD.diameter]);
    expect(groups.map(({ names }) => names)).toEqual([
      "Area in mm², longest diameter in mm",
      "Enhancing core",
    ]);
  });

  it("has a name for an output that it has no word for", () => {
    const detail = "Not measured.";
    expect(groupWithheld([{ output: "perfusion_map", detail }])).toEqual([
      { names: "Perfusion map", detail },
    ]);
  });
});
