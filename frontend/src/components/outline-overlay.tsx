import { useEffect, useState } from "react";
import { toOutlinePath } from "../lib/outline-path";
import { readMask } from "../lib/read-mask";
import { OverlayFailure } from "./overlay-failure";

type Outline =
  | { state: "loading" }
  | { state: "drawn"; path: string; width: number; height: number }
  | { state: "failed" };

async function traceOutline(source: string): Promise<Outline> {
  try {
    const { pixels, width, height } = await readMask(source);
    return { state: "drawn", path: toOutlinePath(pixels, width), width, height };
  } catch {
    return { state: "failed" };
  }
}

/** The edge of a mask as a vector over what is under it, dark around bright: seen on any grey. */
export function OutlineOverlay({ source }: { source: string }) {
  const [outline, setOutline] = useState<Outline>({ state: "loading" });

  useEffect(() => {
    let current = true;
    void traceOutline(source).then((traced) => {
      if (current) setOutline(traced);
    });
    return () => {
      current = false;
    };
  }, [source]);

  if (outline.state === "loading") return null;
  if (outline.state === "failed") return <OverlayFailure what="The outline" />;
  return (
    <svg
      role="img"
      aria-label="Outline of the lesion"
      data-state="drawn"
      viewBox={`0 0 ${outline.width} ${outline.height}`}
      preserveAspectRatio="none"
      className="absolute inset-0 size-full"
      strokeLinejoin="round"
    >
      <path d={outline.path} fillRule="evenodd" className="fill-outline/12" />
      <path
        d={outline.path}
        fill="none"
        strokeWidth={4.5}
        vectorEffect="non-scaling-stroke"
        className="stroke-outline-rim"
      />
      <path
        d={outline.path}
        fill="none"
        strokeWidth={2}
        vectorEffect="non-scaling-stroke"
        className="stroke-outline"
      />
    </svg>
  );
}
