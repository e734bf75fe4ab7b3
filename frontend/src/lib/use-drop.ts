import { fromEvent } from "file-selector";
import { useEffect, useEffectEvent } from "react";

function carriesFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes("Files") ?? false;
}

/**
 * Call `onFiles` with the files, and those of folders, that are dropped anywhere on the page and
 * that nothing under the pointer took; the browser would leave the page to open them.
 */
export function useDrop(onFiles: (files: File[]) => void): void {
  const receive = useEffectEvent(onFiles);
  useEffect(() => {
    const stop = new AbortController();
    const allow = (event: DragEvent) => {
      if (carriesFiles(event)) event.preventDefault();
    };
    const take = async (event: DragEvent) => {
      if (event.defaultPrevented || !carriesFiles(event)) return;
      event.preventDefault();
      const found = await fromEvent(event);
      if (!stop.signal.aborted) receive(found.filter((item) => item instanceof File));
    };
    document.addEventListener("dragover", allow, stop);
    document.addEventListener("drop", (event) => void take(event), stop);
    return () => {
      stop.abort();
    };
  }, []);
}
