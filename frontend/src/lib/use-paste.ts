import { useEffect, useEffectEvent } from "react";

/** Call `onFiles` with the files that are pasted anywhere on the page. */
export function usePaste(onFiles: (files: File[]) => void): void {
  const receive = useEffectEvent(onFiles);
  useEffect(() => {
    const listen = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      receive(files);
    };
    document.addEventListener("paste", listen);
    return () => {
      document.removeEventListener("paste", listen);
    };
  }, []);
}
