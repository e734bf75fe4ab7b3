import { formatBytes } from "./format";

/** How the API speaks to programs, of parameters, codes and bytes; a reader has buttons for that. */
const FOR_PROGRAMS: readonly (readonly [RegExp, string])[] = [
  [/ \(force=true\)/g, ""],
  [/ but for force=true/g, " had nobody insisted"],
  [/ \((?:not_brain_mr|wrong_sequence)\)/g, ""],
  [/ with series=N/g, ""],
  [
    /; a job takes a volume\. Send a slice to \/predict, which answers at once/g,
    ". Send it again by itself: it is answered at once",
  ],
  [/ sent to \/predict/g, " sent"],
  [/, or send the study as a job \(POST \/jobs\)/g, ""],
];

/** A sentence of the API without what only a program could use, and with sizes in round units. */
export function toReaderWords(sentence: string): string {
  return FOR_PROGRAMS.reduce((words, [found, put]) => words.replace(found, put), sentence).replace(
    /(\d{4,}) bytes/g,
    (_, bytes: string) => formatBytes(Number(bytes)),
  );
}

/** True where these warnings say that the answer was refused at first, and insisted on. */
export function isForced(warnings: readonly string[]): boolean {
  return warnings.some((warning) => warning.includes("would have been refused"));
}

/** A licence from a model's card as a sentence; the page has no files that it could point at. */
export function toLicenceWords(licence: string): string {
  return toSentence(
    licence.replace("see models/LICENSE", "its terms are in the source code, in models/LICENSE"),
  );
}

/** Words from a model's card as a sentence: they come with their full stop or without. */
export function toSentence(words: string): string {
  return /[.!?]$/.test(words) ? words : `${words}.`;
}
