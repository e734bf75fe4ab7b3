import { useEffect, useRef, useState } from "react";
import type { Job } from "../../api/study-types";
import { slicePicture, type PictureOverlay } from "../../domain/study-artefacts";
import { clampIndex, type AxialAxis } from "../../domain/study-axis";
import { OrientationLetters } from "./orientation-letters";
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

function usePreloaded(job: Job, axis: AxialAxis, index: number, overlay: PictureOverlay): void {
  useEffect(() => {
    for (let away = -NEIGHBOURS; away <= NEIGHBOURS; away += 1) {
      const near = index + away;
      if (away === 0 || near !== clampIndex(near, axis)) continue;
      // The browser keeps it; nothing here has to.
      new Image().src = slicePicture(job, near, overlay);
    }
  }, [job, axis, index, overlay]);
}

/** The API's pictures of the axial slices, for a browser that shows no volume. */
export function SlicePictures({ job, axis, index, overlay, onIndex }: SlicePicturesProps) {
  const frame = useRef<HTMLDivElement>(null);
  const address = slicePicture(job, index, overlay);
  const [shown, setShown] = useState<string | null>(null);
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
        data-state={shown === address ? "shown" : "loading"}
        onLoad={() => {
          setShown(address);
          setFailed(null);
        }}
        onError={() => {
          setFailed(address);
        }}
        // Browsers keep the picture before until the next is there: it would pass for that slice.
        className="size-full object-contain data-[state=loading]:opacity-0 data-[state=loading]:transition-opacity data-[state=loading]:delay-150 data-[state=loading]:duration-0"
      />
      {/* Left and right are in the picture itself, so that a copy of it still has them. */}
      <OrientationLetters
        letters={{ left: "R", right: "L", top: "A", bottom: "P" }}
        edges={["top", "bottom"]}
      />
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
