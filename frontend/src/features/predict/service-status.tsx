import { useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleDashed, CircleX, type LucideIcon } from "lucide-react";
import { healthQuery } from "../../api/queries";
import type { Health } from "../../api/wire";

interface Status {
  icon: LucideIcon;
  iconClass: string;
  text: string;
}

function toStatus(health: Health | undefined, failed: boolean): Status | null {
  if (failed) return { icon: CircleX, iconClass: "text-tumor", text: "Service not reachable" };
  if (health === undefined) return null;
  if (health.status === "failed") {
    return { icon: CircleX, iconClass: "text-tumor", text: "Model could not be loaded" };
  }
  if (health.status === "starting" || health.model === null) {
    return { icon: CircleDashed, iconClass: "text-uncertain", text: "Model is loading" };
  }
  // Slices are answered without the jobs, and without a worker.
  if (health.jobs === null || health.jobs.workers === 0) {
    const studies = health.jobs === null ? "studies can’t be taken" : "studies wait for a worker";
    return {
      icon: CircleDashed,
      iconClass: "text-uncertain",
      text: `Ready for slices; ${studies}`,
    };
  }
  // Which of several models answers, the files decide; the answer names it.
  return { icon: CircleCheck, iconClass: "text-normal", text: "Service ready" };
}

/** One line on whether a slice or a study sent now would be answered. */
export function ServiceStatus() {
  const { data, isError } = useQuery(healthQuery);
  const status = toStatus(data, isError);
  if (status === null) return <p className="min-h-6" />;
  const Icon = status.icon;
  return (
    <p role="status" className="flex min-h-6 items-center gap-2 text-sm text-ink-soft">
      <Icon aria-hidden className={`size-4 shrink-0 ${status.iconClass}`} />
      {status.text}
    </p>
  );
}
