import type { Interval } from "../api/wire";

/** A probability in whole per cent. The ends stay open: no model is certain, and 0 is a rounded 0.00004. */
export function formatProbability(probability: number): string {
  if (probability < 0.005) return "<1%";
  if (probability >= 0.995) return ">99%";
  return `${Math.round(probability * 100)}%`;
}

/** Of a probability in per cent: the API rounds to a millionth. */
const MOST_DIGITS = 4;

/** A probability as above; with decimals where it would else read the same as another beside it. */
export function formatBeside(probability: number, ...others: readonly number[]): string {
  const words = formatProbability(probability);
  const hidden = others.filter(
    (other) => other !== probability && formatProbability(other) === words,
  );
  if (hidden.length === 0) return words;
  let digits = 1;
  const isHidden = (other: number) =>
    formatShare(other, digits) === formatShare(probability, digits);
  while (digits < MOST_DIGITS && hidden.some(isHidden)) digits += 1;
  const exact = formatShare(probability, digits);
  const certain = [formatShare(0, digits), formatShare(1, digits)].includes(exact);
  return certain ? words : exact;
}

/** A share in [0, 1] in per cent with one decimal, or as many as are asked for. */
export function formatShare(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)}%`;
}

/** A change of a probability, in percentage points. */
export function formatPoints(change: number): string {
  return `${(change * 100).toFixed(1)} points`;
}

/**
 * A figure in [0, 1]; two decimals are as many as intervals over few patients can carry. More, up to
 * four, where it would else read as all or nothing.
 */
export function formatFigure(value: number): string {
  let digits = 2;
  const misread = () =>
    [0, 1].some((end) => end !== value && value.toFixed(digits) === end.toFixed(digits));
  while (digits < 4 && misread()) digits += 1;
  return value.toFixed(digits);
}

/** The two ends of an interval; over a single patient there is none. */
export function formatInterval(interval: Interval): string {
  if (interval.low === null || interval.high === null) return "no interval";
  return `${formatFigure(interval.low)} to ${formatFigure(interval.high)}`;
}

/** A whole number with its thousands apart; a measure is rounded to one. */
export function formatWhole(value: number): string {
  return Math.round(value).toLocaleString("en-GB");
}

/** A length in any unit; under 10, a decimal is still worth reading. */
export function formatLength(value: number): string {
  return value < 9.95 ? value.toFixed(1) : formatWhole(value);
}

/** An area in mm²; what is there never rounds to nothing. */
export function formatArea(area_mm2: number): string {
  return `${area_mm2 < 0.5 ? "<1" : formatWhole(area_mm2)} mm²`;
}

export function formatMilliseconds(milliseconds: number): string {
  if (milliseconds >= 1_000) return `${(milliseconds / 1_000).toFixed(1)} s`;
  return milliseconds < 10 ? `${milliseconds.toFixed(1)} ms` : `${Math.round(milliseconds)} ms`;
}

/** A count with its noun: "1 patient", "1,044 slices". */
export function formatCount(count: number, noun: string): string {
  return `${count.toLocaleString("en-GB")} ${noun}${count === 1 ? "" : "s"}`;
}

const UNITS = ["bytes", "kB", "MB", "GB"] as const;

/** A file size in decimal units. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit: string = UNITS[0];
  for (const next of UNITS.slice(1)) {
    if (value < 1_000) break;
    value /= 1_000;
    unit = next;
  }
  return unit === "bytes"
    ? formatCount(value, "byte")
    : `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`;
}

/** An ISO date as a reader writes it, without a shift of time zone. */
export function formatDate(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  return date.toLocaleDateString("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  });
}

/** An ISO moment on paper, where nobody's own clock is known: "24 November 2026, 16:05 UTC". */
export function formatMomentInUtc(iso: string): string {
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) return iso;
  return `${formatDate(iso)}, ${moment.toISOString().slice(11, 16)} UTC`;
}

/** An ISO moment on the reader's own clock: "24 Nov 2026, 16:05". */
export function formatMoment(iso: string): string {
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) return iso;
  return moment.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
}

/** The first digits of a checksum: enough to tell two models apart by eye. */
export function shortHash(sha256: string): string {
  return sha256.slice(0, 12);
}
