import { describe, expect, it } from "vitest";
import CSS from "./index.css?raw";

type Tokens = ReadonlyMap<string, string>;

/** The colours that a rule sets, by their names. */
function readTokens(rule: string): Tokens {
  const [, body = ""] = CSS.split(`\n${rule} {`);
  const [own = ""] = body.split("}");
  return new Map(
    [...own.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = "", hex = ""]) => [name, hex]),
  );
}

/** Relative luminance of a colour, in [0, 1]. Source: WCAG 2.2. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(tokens: Tokens, text: string, ground: string): number {
  const [lesser = 0, greater = 0] = [text, ground]
    .map((name) => luminance(tokens.get(name) ?? "#000000"))
    .toSorted((a, b) => a - b);
  return (greater + 0.05) / (lesser + 0.05);
}

const LEAST = 4.5;

const TEXTS = ["ink", "ink-soft", "ink-faint", "accent", "tumor", "normal", "uncertain"];

const GROUNDS = ["ground", "surface", "raised", "tumor-soft", "normal-soft", "uncertain-soft"];

describe("the colours", () => {
  it.each([":root", '[data-theme="dark"]'])("can be read on each other: %s", (theme) => {
    const tokens = readTokens(theme);
    for (const text of TEXTS) {
      for (const ground of GROUNDS) {
        expect(contrast(tokens, text, ground), `${text} on ${ground}`).toBeGreaterThan(LEAST);
      }
    }
    expect(contrast(tokens, "on-accent", "accent")).toBeGreaterThan(LEAST);
  });

  it("are those of the light theme on paper, whatever page is printed", () => {
    const [, paper = ""] = CSS.split("@media print");
    expect(paper).toMatch(/\[data-theme="dark"\] \{\s+color-scheme: light;/);
    for (const name of readTokens('[data-theme="dark"]').keys()) {
      expect(paper, name).toContain(`--${name}: `);
    }
  });

  it("stay on paper in the signs that are drawn with grounds, which browsers leave out", () => {
    const [, paper = ""] = CSS.split("@media print");
    expect(paper).toMatch(/\[class\*="forced-color-adjust-none"\] \{\s+print-color-adjust: exact;/);
  });
});

describe("reduced motion", () => {
  it("lets nothing turn without end: sped up, that would flicker", () => {
    const [, calm = ""] = CSS.split("prefers-reduced-motion: reduce");
    expect(calm).toContain("animation-iteration-count: 1 !important");
  });
});

describe("a contrast theme of the system", () => {
  it("lends its own colours to what is drawn, and none of ours stay", () => {
    const [, after = ""] = CSS.split("@media (forced-colors: active) {");
    const [forced = ""] = after.split("\n}\n");
    expect(forced).toContain('[class*="forced-color-adjust-none"]');
    expect(forced).toMatch(/--surface: Canvas;[^}]+--ink: CanvasText;[^}]+--accent: Highlight;/);
    expect(forced).not.toMatch(/#[0-9a-f]{3,6}|rgb/);
  });
});
