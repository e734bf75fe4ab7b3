import { render } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { OrientationLetters } from "./orientation-letters";

const LETTERS = { left: "R", right: "L", top: "A", bottom: "P" };

function shown(container: HTMLElement): string[] {
  return [...container.querySelectorAll<HTMLElement>("[data-edge]")].map(
    ({ dataset, textContent }) => `${dataset.edge ?? ""} ${textContent}`,
  );
}

describe("OrientationLetters", () => {
  it("puts each letter at its edge", () => {
    const { container } = render(<OrientationLetters letters={LETTERS} />);
    expect(shown(container)).toEqual(["left R", "right L", "top A", "bottom P"]);
  });

  it("leaves out edges that the picture itself names", () => {
    const { container } = render(<OrientationLetters letters={LETTERS} edges={["top"]} />);
    expect(shown(container)).toEqual(["top A"]);
  });
});
