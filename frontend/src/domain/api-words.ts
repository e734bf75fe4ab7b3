/** How the API tells programs to insist or to choose; a reader has buttons for that. */
const FOR_PROGRAMS: readonly (readonly [RegExp, string])[] = [
  [/ \(force=true\)/g, ""],
  [/ but for force=true/g, " had nobody insisted"],
  [/ with series=N/g, ""],
];

/** A sentence of the API without the parameters that only a program could set. */
export function toReaderWords(sentence: string): string {
  return FOR_PROGRAMS.reduce((words, [found, put]) => words.replace(found, put), sentence);
}

/** Words from a model's card as a sentence: they come with their full stop or without. */
export function toSentence(words: string): string {
  return /[.!?]$/.test(words) ? words : `${words}.`;
}
