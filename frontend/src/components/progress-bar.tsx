interface ProgressBarProps {
  label: string;
  /** In [0, 1]. */
  share: number;
  /** What to say beside the percentage. */
  detail?: string | null;
}

/** How far something is, as a bar and in words. */
export function ProgressBar({ label, share, detail = null }: ProgressBarProps) {
  const percent = Math.round(Math.min(1, Math.max(0, share)) * 100);
  return (
    <div>
      <div
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={detail ?? `${percent}%`}
        className="h-2 overflow-hidden rounded-full bg-raised inset-ring inset-ring-line forced-color-adjust-none"
      >
        <div
          className="h-full rounded-full bg-accent transition-[width] duration-300"
          style={{ width: `${percent}%` }}
        />
      </div>
      <p aria-hidden className="mt-2 flex justify-between gap-4 text-sm text-ink-soft tabular-nums">
        <span>{detail ?? label}</span>
        <span>{percent}%</span>
      </p>
    </div>
  );
}
