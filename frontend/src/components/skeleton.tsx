/** A calm place holder while figures load; the words for a screen reader say what is loading. */
export function Skeleton({ label, className }: { label: string; className: string }) {
  return (
    <div role="status" className={`animate-pulse rounded-card bg-raised ${className}`}>
      <span className="sr-only">{label}</span>
    </div>
  );
}
