import type { ReactNode } from "react";
import { Card } from "./card";

interface ScrollTableProps {
  label: string;
  columns: readonly string[];
  /** One or more `tbody`. */
  children: ReactNode;
}

/** A table that is wider than a telephone: it scrolls sideways, so the keyboard must reach it. */
export function ScrollTable({ label, columns, children }: ScrollTableProps) {
  return (
    <Card
      tabIndex={0}
      role="region"
      aria-label={label}
      className="scroll-shadow relative overflow-x-auto"
    >
      <table className="w-full min-w-[40rem] text-sm">
        <thead>
          <tr className="text-left align-bottom text-xs text-ink-soft">
            {columns.map((name, index) => (
              <th
                key={name}
                scope="col"
                className={`py-3 font-medium ${index === 0 ? "w-2/5 px-4 sm:px-6" : "pr-4"}`}
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        {children}
      </table>
    </Card>
  );
}

interface RowProps {
  title: string;
  notes?: readonly string[];
  children: ReactNode;
}

export function Row({ title, notes = [], children }: RowProps) {
  return (
    <tr className="border-t border-line align-top">
      <th scope="row" className="px-4 py-3.5 text-left font-medium sm:px-6">
        {title}
        {notes.map((note) => (
          <span key={note} className="mt-0.5 block text-xs font-normal text-ink-faint">
            {note}
          </span>
        ))}
      </th>
      {children}
    </tr>
  );
}

export function Cell({ children }: { children: ReactNode }) {
  return <td className="py-3.5 pr-4 tabular-nums">{children}</td>;
}
