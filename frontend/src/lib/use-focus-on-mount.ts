import { useEffect, useRef, type RefObject } from "react";

/** Move the focus to an element as its view appears, so that keyboard and screen reader follow. */
export function useFocusOnMount<T extends HTMLElement>(): RefObject<T | null> {
  const ref = useRef<T>(null);
  useEffect(() => {
    ref.current?.focus({ preventScroll: true });
    ref.current?.scrollIntoView({ block: "nearest" });
  }, []);
  return ref;
}
