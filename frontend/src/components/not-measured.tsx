/** In the place of a figure that there is none of. */
export function NotMeasured() {
  return (
    <span className="text-ink-faint">
      <span aria-hidden>–</span>
      <span className="sr-only">not measured</span>
    </span>
  );
}
