import { fromEvent } from "file-selector";
import { useEffect, useEffectEvent } from "react";

function carriesFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes("Files") ?? false;
}

/** The files of a drop, and those of folders; none where a folder cannot be read. */
async function openDrop(event: DragEvent): Promise<File[]> {
  try {
    const found = await fromEvent(event);
    return found.filter((item) => item instanceof File);
  } catch {
    return [];
  }
}

/**
 * Call `onFiles` with the files, and those of folders, that are dropped anywhere on the page and
 * that nothing under the pointer took; the browser would leave the page to open them. A folder takes
 * its time to be read: what is dropped meanwhile stands in its place.
 */
export function useDrop(onFiles: (files: File[]) => void): void {
  const receive = useEffectEvent(onFiles);
  useEffect(() => {
    const stop = new AbortController();
    let latest: DragEvent | null = null;
    const allow = (event: DragEvent) => {
      if (carriesFiles(event)) event.preventDefault();
    };
    const take = async (event: DragEvent) => {
      if (event.defaultPrevented || !carriesFiles(event)) return;
      event.preventDefault();
      latest = event;
      const files = await openDrop(event);
      if (!stop.signal.aborted && latest === event) receive(files);
    };
    document.addEventListener("dragover", allow, stop);
    document.addEventListener("drop", (event) => void take(event), stop);
    return () => {
      stop.abort();
    };
  }, []);
}
