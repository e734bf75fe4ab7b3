import type { EdgeLetters } from "../../domain/view-settings";

const PLACES = {
  left: "left-2 top-1/2 -translate-y-1/2",
  right: "right-2 top-1/2 -translate-y-1/2",
  top: "top-2 left-1/2 -translate-x-1/2",
  bottom: "bottom-2 left-1/2 -translate-x-1/2",
} as const;

type Edge = keyof EdgeLetters;

const ALL_EDGES: readonly Edge[] = ["left", "right", "top", "bottom"];

interface OrientationLettersProps {
  letters: EdgeLetters;
  edges?: readonly Edge[];
}

/** A letter at each edge of a picture; the words for it stand beside the picture. */
export function OrientationLetters({ letters, edges = ALL_EDGES }: OrientationLettersProps) {
  return edges.map((edge) => (
    <span
      key={edge}
      aria-hidden
      data-edge={edge}
      className={`pointer-events-none absolute rounded-xs bg-black/60 px-1.5 py-0.5 text-sm leading-none font-semibold text-white ${PLACES[edge]}`}
    >
      {letters[edge]}
    </span>
  ));
}
