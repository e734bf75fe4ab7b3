import { useEffect, useRef, useState } from "react";
import type { Job } from "../../api/study-types";
import { slicePicture, type PictureOverlay } from "../../domain/study-artefacts";
import { clampIndex, type AxialAxis } from "../../domain/study-axis";
import { watchPointer } from "./viewer/pointer-gestures";

interface SlicePicturesProps {
  job: Job;
  axis: AxialAxis;
  index: number;
  overlay: PictureOverlay;
  onIndex: (index: number) => void;
}

/** How many slices to each side are fetched before they are asked for. */
const NEIGHBOURS = 2;

const LETTERS = [
  ["A", "top-2 left-1/2 -translate-x-1/2"],
  ["P", "bottom-2 left-1/2 -translate-x-1/2"],
  ["R", "left-2 top-1/2 -translate-y-1/2"],
  ["L", "right-2 top-1/2 -translate-y-1/2"],
] as const;

function usePreloaded(job: Job, axis: AxialAxis, index: number, overlay: PictureOverlay): void {
  useEffect(() => {
    const pictures: HTMLImageElement[] = [];
    for (let away = -NEIGHBOURS; away <= NEIGHBOURS; away += 1) {
      const near = clampIndex(index + away, axis);
      if (near === index) continue;
      const picture = new Image();
      picture.src = slicePicture(job, near, overlay);
      pictures.push(picture);
    }
  }, [job, axis, index, overlay]);
}

/** The API's pictures of the axial slices, for a browser that shows no volume. */
export function SlicePictures({ job, axis, index, overlay, onIndex }: SlicePicturesProps) {
  const frame = useRef<HTMLDivElement>(null);
  const address = slicePicture(job, index, overlay);
  const [failed, setFailed] = useState<string | null>(null);
  usePreloaded(job, axis, index, overlay);

  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const stop = new AbortController();
    watchPointer(element, stop.signal, {
      onScroll: (steps) => {
        onIndex(clampIndex(index + steps, axis));
      },
    });
    return () => {
      stop.abort();
    };
  }, [axis, index, onIndex]);

  return (
    <div ref={frame} className="absolute inset-0 bg-black">
      <img
        src={address}
        alt={`Axial slice ${index}, the patient’s right on the left`}
        draggable={false}
        onError={() => {
          setFailed(address);
        }}
        className="size-full object-contain"
      />
      {LETTERS.map(([letter, place]) => (
        <span
          key={letter}
          aria-hidden
          className={`absolute rounded-xs bg-black/60 px-1 text-sm font-medium text-white ${place}`}
        >
          {letter}
        </span>
      ))}
      {failed === address && (
        <p
          role="alert"
          className="absolute inset-0 grid place-items-center bg-black text-sm text-white"
        >
          The picture of slice {index} could not be loaded.
        </p>
      )}
    </div>
  );
}
