import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import { Button } from "../../components/button";
import { buttonClass } from "../../components/button-class";
import { Card } from "../../components/card";
import { Notice } from "../../components/notice";
import { PageTitle } from "../../components/page-title";
import { Skeleton } from "../../components/skeleton";
import type { HistoryEntry } from "../../domain/history";
import { historyQuery } from "./history-query";
import { HistoryRow } from "./history-row";
import { useErase } from "./use-erase";

function describeErased(erased: readonly HistoryEntry[] | null): string {
  if (erased === null) return "";
  const [first, ...more] = erased;
  return more.length === 0
    ? `Erased ${first?.name ?? "nothing"}.`
    : `Erased ${erased.length} entries.`;
}

export function HistoryPage() {
  const heading = useRef<HTMLHeadingElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const { erase, isPending, isError, endedWith } = useErase();
  const place = useRef(0);
  useEffect(() => {
    if (endedWith === null) return;
    // What was pressed is gone: on with the line that took its place, else from the top.
    const buttons = [...(body.current?.querySelectorAll<HTMLElement>("li button") ?? [])];
    (buttons[place.current] ?? buttons.at(-1) ?? heading.current)?.focus();
  }, [endedWith]);
  return (
    <div className="mx-auto max-w-4xl px-4 py-10 sm:px-6 sm:py-14">
      <PageTitle name="History" />
      <h1 ref={heading} tabIndex={-1} className="text-2xl font-semibold tracking-tight sm:text-3xl">
        History
      </h1>
      <p role="status" className="sr-only">
        {isError ? "" : describeErased(endedWith)}
      </p>
      <p className="mt-3 max-w-prose leading-7 text-ink-soft">
        What was asked in this browser. The list, with the names of your files, is kept in this
        browser alone and never sent anywhere. Erasing a study here erases its files on the service
        too; there they are erased after a set time in any case.
      </p>
      <div ref={body} className="mt-8">
        <HistoryBody
          erasing={isPending}
          failed={isError}
          onErase={(entries, index) => {
            place.current = index;
            erase(entries);
          }}
        />
      </div>
    </div>
  );
}

interface HistoryBodyProps {
  erasing: boolean;
  /** The last erasure left something. */
  failed: boolean;
  /** index: of the line, or of the first of them. */
  onErase: (entries: readonly HistoryEntry[], index: number) => void;
}

function HistoryBody(props: HistoryBodyProps) {
  const { data: entries, isPending, isError } = useQuery(historyQuery);
  if (isPending) return <Skeleton label="Reading the history" className="h-48" />;
  if (isError) {
    return (
      <Notice kind="info">
        This browser keeps no history, as in a private window. A study is still found at its
        address.
      </Notice>
    );
  }
  if (entries.length === 0) {
    return (
      <Card className="px-6 py-14 text-center">
        <p className="font-medium">Nothing was asked in this browser yet</p>
        <p className="mt-1.5 text-sm text-ink-soft">
          Or it was erased, or the browser had no room left to keep it.
        </p>
        <Link to="/predict" className={`${buttonClass("primary")} mt-6`}>
          Try a study or a slice
        </Link>
      </Card>
    );
  }
  return <HistoryList entries={entries} {...props} />;
}

interface HistoryListProps extends HistoryBodyProps {
  entries: readonly HistoryEntry[];
}

function HistoryList({ entries, erasing, failed, onErase }: HistoryListProps) {
  return (
    <div className="space-y-4">
      {failed && (
        <Notice kind="error" role="alert">
          Not everything could be erased: the service did not answer. What is still listed is still
          there; try again.
        </Notice>
      )}
      <Card>
        <ul className="divide-y divide-line">
          {entries.map((entry, index) => (
            <HistoryRow
              key={entry.id}
              entry={entry}
              disabled={erasing}
              onErase={(one) => {
                onErase([one], index);
              }}
            />
          ))}
        </ul>
      </Card>
      <EraseAll
        count={entries.length}
        disabled={erasing}
        onErase={() => {
          onErase(entries, 0);
        }}
      />
    </div>
  );
}

interface EraseAllProps {
  count: number;
  disabled: boolean;
  onErase: () => void;
}

/** Asks once more, for there is no way back. */
function EraseAll({ count, disabled, onErase }: EraseAllProps) {
  const [state, setState] = useState<"untouched" | "asked" | "kept">("untouched");
  const button = useRef<HTMLButtonElement>(null);
  const question = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (state === "asked") question.current?.focus();
    if (state === "kept") button.current?.focus();
  }, [state]);
  if (state !== "asked") {
    return (
      <Button
        ref={button}
        look="secondary"
        disabled={disabled}
        onClick={() => {
          setState("asked");
        }}
      >
        Erase all
      </Button>
    );
  }
  return (
    <div role="group" aria-label="Erase all" className="flex flex-wrap items-center gap-3 text-sm">
      <p ref={question} tabIndex={-1} className="mr-2">
        Erase {count === 1 ? "this entry" : `all ${count} entries`}, here and on the service?
      </p>
      <Button disabled={disabled} onClick={onErase}>
        Yes, erase all
      </Button>
      <Button
        look="secondary"
        // What is being erased is kept no more.
        disabled={disabled}
        onClick={() => {
          setState("kept");
        }}
      >
        Keep them
      </Button>
    </div>
  );
}
