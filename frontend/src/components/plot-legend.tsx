/** What the signs of an interval plot stand for; hidden where a narrow screen leaves the plot out. */
export function PlotLegend({ from }: { from: "sm" | "md" }) {
  return (
    <ul
      className={`hidden flex-wrap ${from === "sm" ? "sm:flex" : "md:flex"} gap-x-6 gap-y-2 text-xs text-ink-soft`}
    >
      <li className="flex items-center gap-2">
        <span aria-hidden className="size-2.5 rounded-full bg-accent forced-color-adjust-none" />
        Model
      </li>
      <li className="flex items-center gap-2">
        <span
          aria-hidden
          className="size-2.5 rounded-full border-2 border-line-strong bg-surface forced-color-adjust-none"
        />
        Thresholding the brightness of FLAIR
      </li>
      <li className="flex items-center gap-2">
        <span aria-hidden className="h-0.5 w-4 rounded-full bg-ink-soft forced-color-adjust-none" />
        95% interval over patients
      </li>
    </ul>
  );
}
