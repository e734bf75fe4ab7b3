import type { Failure } from "./failure";

/** A series that an upload held, as the API describes it in its own words. */
export interface SeriesOffer {
  number: number;
  description: string;
}

/** The refusals that naming one of the series gets past. */
const ASKS_FOR_SERIES: ReadonlySet<string> = new Set(["no_flair_series", "several_patients"]);

/** "1: T1, 20 slices of 64 x 64; 2: ...": a number, a colon, and up to the next one or the sentence's end. */
const LISTED = /(\d+): ([^;]+?)(?=; |\. [A-Z]|\.?$)/g;

/** "; and 3 more": those after the first dozen. */
const COUNTED = /; and (\d+) more(?=\.)/;

/** The series that a refusal lists, for the reader to name one of them; empty for any other failure. */
export function toSeriesOffers(failure: Failure): SeriesOffer[] {
  if (failure.kind !== "refused" || !ASKS_FOR_SERIES.has(failure.code)) return [];
  // Sizes stay in one line each.
  const described = [...failure.detail.matchAll(LISTED)].map(([, number, description = ""]) => ({
    number: Number(number),
    description: description.replace(/(?<=\d) x (?=\d)/g, "\u00a0×\u00a0"),
  }));
  const more = Number(COUNTED.exec(failure.detail)?.[1] ?? 0);
  const counted = Array.from({ length: more }, (_, index) => ({
    number: described.length + index + 1,
    description: "",
  }));
  return [...described, ...counted];
}

/** The refusal without its list, where the series are offered one by one below it. */
export function withoutList(detail: string): string {
  const [said = detail, ...rest] = detail.split(/: 1: /);
  return rest.length === 0 ? detail : `${said}.`;
}
