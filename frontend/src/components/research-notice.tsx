import { FlaskConical } from "lucide-react";

/** The sentence that goes with every result and every page. */
export function ResearchNotice({ className = "" }: { className?: string }) {
  return (
    <p
      className={`flex items-center gap-2 text-[0.8125rem] font-medium text-ink-soft ${className}`}
    >
      <FlaskConical aria-hidden className="size-4 shrink-0 text-accent" />
      Research use only. Not a medical device.
    </p>
  );
}
