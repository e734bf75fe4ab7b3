/** The mark: a head seen from above, its midline, and one finding. */
export function Logo({ className = "" }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden className={className}>
      <rect width="32" height="32" rx="8" className="fill-accent" />
      <ellipse
        cx="16"
        cy="16"
        rx="8.2"
        ry="9.6"
        fill="none"
        strokeWidth="2"
        className="stroke-on-accent"
      />
      <path
        d="M16 6.4v19.2"
        strokeWidth="1.6"
        strokeDasharray="2.4 2.2"
        className="stroke-on-accent"
      />
      <circle cx="20" cy="13.2" r="2.3" className="fill-on-accent" />
    </svg>
  );
}
