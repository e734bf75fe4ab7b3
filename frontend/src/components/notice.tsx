import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

const LOOKS = {
  info: { box: "bg-raised text-ink-soft", icon: Info, iconClass: "text-accent" },
  warning: {
    box: "bg-uncertain-soft text-ink",
    icon: TriangleAlert,
    iconClass: "text-uncertain",
  },
  error: { box: "bg-tumor-soft text-ink", icon: CircleAlert, iconClass: "text-tumor" },
} as const;

interface NoticeProps {
  kind: keyof typeof LOOKS;
  children: ReactNode;
  role?: "status" | "alert";
}

export function Notice({ kind, children, role }: NoticeProps) {
  const { box, icon: Icon, iconClass } = LOOKS[kind];
  return (
    <div
      role={role}
      className={`flex gap-3 rounded-control p-4 text-sm leading-6 forced-colors:border ${box}`}
    >
      <Icon aria-hidden className={`mt-0.5 size-5 shrink-0 ${iconClass}`} />
      <div className="min-w-0">{children}</div>
    </div>
  );
}
