import { clear, createStore, del, get, set, values } from "idb-keyval";
import type { Job } from "../../api/study-types";
import { sortHistory, toStudyEntry, type HistoryEntry } from "../../domain/history";

/** This browser's own store. Nothing that is written here is sent anywhere. */
const STORE = createStore("brainai", "history");

/** Every line of the history, the latest first. Rejects where the browser keeps nothing. */
export async function readHistory(): Promise<HistoryEntry[]> {
  return sortHistory(await values<HistoryEntry>(STORE));
}

/** One line, or null where there is none of that id. */
export async function readEntry(id: string): Promise<HistoryEntry | null> {
  return (await get<HistoryEntry>(id, STORE)) ?? null;
}

/** Write one line, in place of one with the same id. */
export async function writeEntry(entry: HistoryEntry): Promise<void> {
  await set(entry.id, entry, STORE);
}

/** Bring a study's line up to date; one that was erased, or never was here, does not come back. */
export async function updateStudy(job: Job): Promise<void> {
  const known = await readEntry(job.id);
  if (known !== null) await writeEntry(toStudyEntry(job, known.name));
}

export async function eraseEntry(id: string): Promise<void> {
  await del(id, STORE);
}

export async function eraseHistory(): Promise<void> {
  await clear(STORE);
}
