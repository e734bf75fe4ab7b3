import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { ProbabilityScale } from "./probability-scale";

const BAND = { low: 0.33, high: 0.52 };

describe("ProbabilityScale", () => {
  it("says in words all that it draws", () => {
    render(<ProbabilityScale probability={0.97} threshold={0.41} band={BAND} />);
    expect(screen.getByRole("img")).toHaveAccessibleName(
      "Probability 97% on a line from 0% to 100%; threshold 41%; uncertain band 33% to 52%",
    );
  });

  it("names probability, threshold and band beside their signs", () => {
    render(<ProbabilityScale probability={0.2} threshold={0.41} band={BAND} />);
    const terms = screen.getAllByRole("term").map((term) => term.textContent);
    const values = screen.getAllByRole("definition").map((value) => value.textContent);
    expect(terms).toEqual(["Probability", "Threshold", "Uncertain band"]);
    expect(values).toEqual(["20%", "41%", "33% to 52%"]);
  });

  it("tells a probability from a threshold that rounds to the same", () => {
    render(<ProbabilityScale probability={0.487} threshold={0.4912} band={null} />);
    const values = screen.getAllByRole("definition").map((value) => value.textContent);
    expect(values).toEqual(["48.7%", "49.1%"]);
  });

  it("puts threshold and band where they lie on the line", () => {
    render(<ProbabilityScale probability={0.2} threshold={0.41} band={BAND} />);
    const [, band, threshold] = [...screen.getByRole("img").children];
    expect(band).toHaveStyle({ left: "33%", width: "19%" });
    expect(threshold).toHaveStyle({ left: "41%" });
  });

  it("has no band where there is none", () => {
    render(<ProbabilityScale probability={0.97} threshold={0.5} band={null} />);
    expect(screen.getByRole("img")).toHaveAccessibleName(
      "Probability 97% on a line from 0% to 100%; threshold 50%",
    );
    const terms = screen.getAllByRole("term").map((term) => term.textContent);
    expect(terms).toEqual(["Probability", "Threshold"]);
  });
});
