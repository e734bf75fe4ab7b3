export type ButtonLook = "primary" | "secondary" | "quiet";

const SHAPE =
  "inline-flex min-h-10 pointer-coarse:min-h-11 items-center justify-center gap-2 rounded-control px-4 text-sm font-medium transition-colors disabled:opacity-60";

const LOOKS: Record<ButtonLook, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent-hover forced-color-adjust-none",
  secondary:
    "border border-line-strong/60 bg-surface text-ink hover:border-line-strong hover:bg-raised",
  quiet: "text-ink-soft hover:bg-raised hover:text-ink",
};

/** The classes of a button, for buttons and for links that look like one. */
export function buttonClass(look: ButtonLook): string {
  return `${SHAPE} ${LOOKS[look]}`;
}
