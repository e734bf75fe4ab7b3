import { ChevronLeft, ChevronRight, Maximize2 } from "lucide-react";
import type { StudyPrediction } from "../../api/study-types";
import { Button } from "../../components/button";
import { nextTumorSlice, previousTumorSlice } from "../../domain/study-slices";

interface SliceJumpsProps {
  study: StudyPrediction;
  index: number;
  onIndex: (index: number) => void;
}

/** Where the letter keys of the viewer lead, or null where there is nothing to go to. */
export function jumpByKey(key: string, study: StudyPrediction, index: number): number | null {
  switch (key.toLowerCase()) {
    case "n":
      return nextTumorSlice(study.slices, index);
    case "p":
      return previousTumorSlice(study.slices, index);
    case "l":
      return study.lesion?.slice_of_largest_area ?? null;
    default:
      return null;
  }
}

/** To the slices that matter: each button has its key. */
export function SliceJumps({ study, index, onIndex }: SliceJumpsProps) {
  const jump = (key: string) => {
    const target = jumpByKey(key, study, index);
    if (target !== null) onIndex(target);
  };
  // aria-disabled keeps the focus on a button that has just led to its last slice.
  const look =
    "gap-1! px-2! sm:gap-2! sm:px-3! aria-disabled:cursor-not-allowed aria-disabled:opacity-50";
  return (
    <div className="grid grid-cols-3 gap-2 sm:flex sm:flex-wrap">
      <Button
        look="secondary"
        className={look}
        aria-keyshortcuts="p"
        aria-disabled={jumpByKey("p", study, index) === null}
        onClick={() => {
          jump("p");
        }}
      >
        <ChevronLeft aria-hidden className="size-4 shrink-0" />
        <span>
          Previous <span className="max-sm:sr-only">tumour slice</span>
        </span>
      </Button>
      <Button
        look="secondary"
        className={look}
        aria-keyshortcuts="n"
        aria-disabled={jumpByKey("n", study, index) === null}
        onClick={() => {
          jump("n");
        }}
      >
        <span>
          Next <span className="max-sm:sr-only">tumour slice</span>
        </span>
        <ChevronRight aria-hidden className="size-4 shrink-0" />
      </Button>
      {study.lesion !== null && (
        <Button
          look="secondary"
          className={look}
          aria-keyshortcuts="l"
          onClick={() => {
            jump("l");
          }}
        >
          <Maximize2 aria-hidden className="size-4 shrink-0" />
          <span>
            Largest <span className="max-sm:sr-only">area</span>
          </span>
        </Button>
      )}
    </div>
  );
}
