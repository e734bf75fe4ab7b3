import { useQuery } from "@tanstack/react-query";
import {
  CircleAlert,
  CircleCheck,
  CircleHelp,
  FileX,
  Hourglass,
  TriangleAlert,
  type LucideIcon,
} from "lucide-react";
import { useEffect, useEffectEvent } from "react";
import { Link } from "react-router";
import { jobQuery, pollInterval } from "../../api/jobs";
import type { Job } from "../../api/study-types";
import { Button } from "../../components/button";
import { toReaderWords } from "../../domain/api-words";
import { toFailure } from "../../domain/failure";
import { formatMoment, formatProbability } from "../../domain/format";
import { hasExpired, toStudyEntry, type HistoryEntry, type Outcome } from "../../domain/history";
import { hasEnded } from "../../domain/job";
import { formatVolume } from "../../domain/study-facts";
import { useMemory } from "./history-query";

interface Words {
  icon: LucideIcon;
  tone: string;
  text: string;
}

const LABELS = {
  tumor: { icon: CircleAlert, tone: "text-tumor", text: "Signs of a tumour" },
  no_tumor: { icon: CircleCheck, tone: "text-normal", text: "No sign of a tumour" },
  uncertain: { icon: CircleHelp, tone: "text-uncertain", text: "Uncertain" },
} as const;

function toWords(outcome: Outcome, there: boolean): Words {
  if (outcome === null) {
    return {
      icon: Hourglass,
      tone: "text-ink-faint",
      text: there ? "Not done yet" : "Its answer was not seen here",
    };
  }
  if (outcome.kind === "failed") {
    return {
      icon: FileX,
      tone: "text-ink-faint",
      text: `No answer. ${toReaderWords(outcome.detail)}`,
    };
  }
  const { label, probability, volume_ml: volume, forced = false } = outcome;
  const { icon, tone, text } = LABELS[label];
  const parts = [text, formatProbability(probability)];
  if (volume !== null) parts.push(formatVolume(volume));
  const said = parts.join(", ");
  // No measurement stands behind it, so neither may the sign of an answer.
  return forced
    ? { icon: TriangleAlert, tone: "text-uncertain", text: `Refused at first. ${said}` }
    : { icon, tone, text: said };
}

/** The line as the service knows it now, and whether the study is still there to be opened. */
function useLatest(entry: HistoryEntry, erasing: boolean): { entry: HistoryEntry; there: boolean } {
  const kept = entry.kind === "study" && !hasExpired(entry, new Date());
  const { data, error } = useQuery({
    ...jobQuery(entry.id),
    enabled: kept,
    retry: false,
    refetchInterval: ({ state }) => pollInterval(state.data, state.error),
  });
  const { onEnded } = useMemory();
  const keep = useEffectEvent((job: Job) => {
    if (!erasing && entry.outcome === null && hasEnded(job)) onEnded(job);
  });
  useEffect(() => {
    // What was seen here is still known here when the service has erased the study.
    if (data !== undefined) keep(data);
  }, [data]);
  const gone = error !== null && toFailure(error).kind === "gone";
  return {
    entry: data === undefined ? entry : toStudyEntry(data, entry.name),
    there: kept && !gone,
  };
}

interface HistoryRowProps {
  entry: HistoryEntry;
  disabled: boolean;
  onErase: (entry: HistoryEntry) => void;
}

export function HistoryRow({ entry: written, disabled, onErase }: HistoryRowProps) {
  const { entry, there } = useLatest(written, disabled);
  const { icon: Icon, tone, text } = toWords(entry.outcome, there);
  const notes = [entry.kind === "study" ? "Study" : "Slice", formatMoment(entry.at)];
  if (entry.kind === "study" && !there) notes.push("expired on the service");
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-3 px-5 py-4 sm:items-center sm:gap-x-6 sm:px-6">
      <div className="min-w-0 grow basis-36">
        <p className="font-medium wrap-anywhere">
          {there ? (
            <Link
              to={`/studies/${entry.id}`}
              className="text-accent underline-offset-4 hover:text-accent-hover hover:underline"
            >
              {entry.name}
            </Link>
          ) : (
            entry.name
          )}
        </p>
        <p className="mt-1 flex items-start gap-2 text-sm leading-6">
          <Icon aria-hidden className={`mt-1 size-4 shrink-0 ${tone}`} />
          <span className="min-w-0 break-words">{text}</span>
        </p>
        <p className="mt-0.5 text-sm text-ink-faint">{notes.join(" · ")}</p>
      </div>
      <Button
        look="secondary"
        className="shrink-0"
        disabled={disabled}
        aria-label={`Erase ${entry.name}`}
        onClick={() => {
          onErase(entry);
        }}
      >
        Erase
      </Button>
    </li>
  );
}
