import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Job, StudyPrediction } from "../../api/study-types";
import { Card } from "../../components/card";
import { findDownload } from "../../domain/study-artefacts";
import { toAxialAxis } from "../../domain/study-axis";
import { firstSlice } from "../../domain/study-slices";
import type { ViewPlace } from "../../domain/view-place";
import { FIRST_VIEW, toEdgeLetters, type ViewSettings } from "../../domain/view-settings";
import { hasWebGl2 } from "../../lib/webgl";
import { OrientationLetters } from "./orientation-letters";
import { PlaceSliders } from "./place-sliders";
import { jumpByKey } from "./slice-jumps";
import { SlicePanel } from "./slice-panel";
import { SlicePictures } from "./slice-pictures";
import { PlaneControl } from "./view-controls";
import { ViewPanel } from "./view-panel";
import type { Scene } from "./viewer/scene-types";
import { VolumeViewer } from "./viewer/volume-viewer";

interface StudyViewerProps {
  job: Job;
  study: StudyPrediction;
}

/** Letters that jump, wherever in the viewer the focus is; arrows belong to what has it. */
function useJumpKeys(study: StudyPrediction, index: number, onIndex: (index: number) => void) {
  const region = useRef<HTMLElement>(null);
  useEffect(() => {
    const element = region.current;
    if (element === null) return undefined;
    const type = (event: KeyboardEvent) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const target = jumpByKey(event.key, study, index);
      if (target !== null) onIndex(target);
    };
    element.addEventListener("keydown", type);
    return () => {
      element.removeEventListener("keydown", type);
    };
  }, [study, index, onIndex]);
  return region;
}

/** The volume where it can be shown, pictures of its slices until then and where it can not. */
export function StudyViewer({ job, study }: StudyViewerProps) {
  const axis = useMemo(() => toAxialAxis(study.input), [study]);
  const slider = useRef<HTMLDivElement>(null);
  const [index, setIndex] = useState(() => firstSlice(study));
  const placeSlider = useRef<HTMLInputElement>(null);
  const [settings, setSettings] = useState(FIRST_VIEW);
  const [scene, setScene] = useState<Scene | null>(null);
  const [place, setPlace] = useState<ViewPlace | null>(null);
  const [noVolume, setNoVolume] = useState(
    () => findDownload(job.artefacts, "volume.nii.gz") === null || !hasWebGl2(),
  );
  const region = useJumpKeys(study, index, setIndex);
  const change = useCallback((changes: Partial<ViewSettings>) => {
    setSettings((before) => ({ ...before, ...changes }));
  }, []);
  const ready = (opened: Scene) => {
    change({ presets: opened.presets, window: opened.presets.auto });
    setScene(opened);
    setPlace(opened.place);
  };
  const pictures = noVolume || settings.presets === null;
  const shown: ViewSettings = pictures
    ? { ...settings, plane: "axial", convention: "radiological" }
    : settings;
  const letters = toEdgeLetters(shown.plane, shown.convention);
  return (
    <Card className="min-w-0 overflow-hidden">
      <section ref={region} aria-label="Slices of the study">
        {!noVolume && (
          <div className="border-b border-line p-2 text-sm">
            <PlaneControl settings={settings} onChange={change} />
          </div>
        )}
        <div className="relative h-[min(36rem,92vw,75svh)] overflow-hidden bg-black">
          {pictures && (
            <SlicePictures
              job={job}
              axis={axis}
              index={index}
              overlay={settings.mask}
              onIndex={setIndex}
            />
          )}
          {!noVolume && (
            <VolumeViewer
              job={job}
              axis={axis}
              sliceIndex={index}
              settings={settings}
              onPlace={setPlace}
              onSlice={setIndex}
              onWindow={(window) => {
                change({ window });
              }}
              // So that keys move at once what was clicked.
              onPress={() => {
                const clicked = settings.plane === "all" ? slider : placeSlider;
                (clicked.current ?? slider.current)?.focus({ preventScroll: true });
              }}
              onReady={ready}
              onFailed={() => {
                setNoVolume(true);
              }}
            />
          )}
          {!pictures && letters !== null && <OrientationLetters letters={letters} />}
        </div>
        {!pictures && place !== null && scene !== null && (
          <PlaceSliders
            plane={settings.plane}
            place={place}
            counts={scene.counts}
            onPlace={(next) => {
              setPlace(next);
              scene.showPlace(next);
            }}
            first={placeSlider}
          />
        )}
        <SlicePanel study={study} axis={axis} index={index} onIndex={setIndex} slider={slider} />
        <ViewPanel
          settings={shown}
          onChange={change}
          hasMask={study.lesion !== null}
          noVolume={noVolume}
        />
      </section>
    </Card>
  );
}
