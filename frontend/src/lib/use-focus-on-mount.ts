import { useLayoutEffect, useRef, type RefObject } from "react";

/** Move the focus to an element with the view that it is in, so that keyboard and screen reader follow. */
export function useFocusOnMount<T extends HTMLElement>(): RefObject<T | null> {
  const ref = useRef<T>(null);
  useLayoutEffect(() => {
    ref.current?.focus({ preventScroll: true });
    ref.current?.scrollIntoView({ block: "nearest" });
  }, []);
  return ref;
}
