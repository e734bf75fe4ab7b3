import { useEffect, useEffectEvent, useRef, useState } from "react";
import type { Job } from "../../../api/study-types";
import { findDownload } from "../../../domain/study-artefacts";
import type { AxialAxis } from "../../../domain/study-axis";
import type { ViewPlace } from "../../../domain/view-place";
import type { ViewSettings } from "../../../domain/view-settings";
import { fetchBytes } from "../../../lib/fetch-bytes";
import type { IntensityWindow } from "../../../lib/intensity-window";
import type { Scene, SceneParts } from "./scene-types";

interface VolumeViewerProps {
  job: Job;
  axis: AxialAxis;
  sliceIndex: number;
  settings: ViewSettings;
  onSlice: (index: number) => void;
  onWindow: (window: IntensityWindow) => void;
  onPlace: (place: ViewPlace) => void;
  /** A press on the picture, before anything comes of it. */
  onPress: () => void;
  /** The scene stands until the viewer goes, or has failed. */
  onReady: (scene: Scene) => void;
  /** WebGL, a file or the viewer's own code failed: something else has to show the slices. */
  onFailed: () => void;
}

type Files = Pick<SceneParts, "volume" | "mask">;

async function fetchFiles({ artefacts, result }: Job, signal: AbortSignal): Promise<Files> {
  const volume = findDownload(artefacts, "volume.nii.gz");
  const mask = result?.lesion == null ? null : findDownload(artefacts, "mask.nii.gz");
  if (volume === null) throw new Error("the job has no volume to show");
  const [volumeBytes, maskBytes] = await Promise.all([
    fetchBytes(volume.address, signal),
    mask === null ? null : fetchBytes(mask.address, signal),
  ]);
  return { volume: volumeBytes, mask: maskBytes };
}

/** The study as a volume. Its code is a chunk of its own, fetched when the first study is shown. */
export function VolumeViewer(props: VolumeViewerProps) {
  const { job, sliceIndex, settings, axis } = props;
  const host = useRef<HTMLDivElement>(null);
  const [scene, setScene] = useState<Scene | null>(null);

  const first = useEffectEvent(() => ({ job, axis, slice_index: sliceIndex, settings }));
  const tellSlice = useEffectEvent(props.onSlice);
  const tellWindow = useEffectEvent(props.onWindow);
  const tellPlace = useEffectEvent(props.onPlace);
  const tellFailed = useEffectEvent(props.onFailed);
  const tellReady = useEffectEvent(props.onReady);

  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const stop = new AbortController();
    let opened: Scene | null = null;
    const open = async () => {
      const [files, { NiivueScene }] = await Promise.all([
        fetchFiles(first().job, stop.signal),
        import("./niivue-scene"),
      ]);
      stop.signal.throwIfAborted();
      const next = await NiivueScene.open(
        element,
        { ...files, ...first() },
        {
          onSlice: (index) => {
            tellSlice(index);
          },
          onWindow: (window) => {
            tellWindow(window);
          },
          onPlace: (next) => {
            tellPlace(next);
          },
          onLost: () => {
            tellFailed();
          },
        },
      );
      if (stop.signal.aborted) {
        next.dispose();
        return;
      }
      opened = next;
      setScene(next);
      tellReady(next);
    };
    open().catch(() => {
      if (!stop.signal.aborted) tellFailed();
    });
    return () => {
      stop.abort();
      opened?.dispose();
      setScene(null);
    };
  }, [job.id]);

  useEffect(() => {
    scene?.show(settings);
  }, [scene, settings]);

  useEffect(() => {
    scene?.showSlice(sliceIndex);
  }, [scene, sliceIndex]);

  return (
    <div
      className={`absolute inset-0 ${scene === null ? "" : "bg-black"}`}
      data-viewer={scene === null ? "loading" : "ready"}
    >
      <div
        ref={host}
        onPointerUp={props.onPress}
        className={`size-full overflow-hidden ${scene === null ? "invisible" : ""}`}
      />
      {scene === null && (
        <p
          role="status"
          className="absolute right-2 bottom-2 rounded-control bg-black/75 px-3 py-1.5 text-sm text-white"
        >
          Loading the volume…
        </p>
      )}
    </div>
  );
}
