import type { AxialAxis } from "../../domain/study-axis";

/** Which end of the strip is the head. */
export function StripEnds({ axis }: { axis: AxialAxis }) {
  const [first, last] = axis.up ? ["feet", "head"] : ["head", "feet"];
  return (
    <p className="mt-1 flex justify-between text-xs text-ink-faint tabular-nums">
      <span>slice 0, towards the {first}</span>
      <span>
        {axis.count - 1}, towards the {last}
      </span>
    </p>
  );
}
