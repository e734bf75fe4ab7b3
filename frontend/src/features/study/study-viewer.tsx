import { useCallback, useEffect, useId, useMemo, useRef, useState } from "react";
import type { Job, StudyPrediction } from "../../api/study-types";
import { Card } from "../../components/card";
import { Notice } from "../../components/notice";
import { findDownload } from "../../domain/study-artefacts";
import { toAxialAxis } from "../../domain/study-axis";
import { firstSlice } from "../../domain/study-slices";
import { FIRST_VIEW, describeConvention, type ViewSettings } from "../../domain/view-settings";
import type { IntensityWindow, WindowPresets } from "../../lib/intensity-window";
import { hasWebGl2 } from "../../lib/webgl";
import { SliceJumps, jumpByKey } from "./slice-jumps";
import { SlicePictures } from "./slice-pictures";
import { SliceStrip, describeSlice } from "./slice-strip";
import { StripLegend } from "./strip-legend";
import {
  ConventionControl,
  MaskControl,
  MaskOpacity,
  PlaneControl,
  WindowControl,
} from "./view-controls";
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

/** The volume, or pictures of its slices where no volume can be shown. */
export function StudyViewer({ job, study }: StudyViewerProps) {
  const hintId = useId();
  const axis = useMemo(() => toAxialAxis(study.input), [study]);
  const slider = useRef<HTMLDivElement>(null);
  const [index, setIndex] = useState(() => firstSlice(study));
  const [settings, setSettings] = useState(FIRST_VIEW);
  const [pictures, setPictures] = useState(
    () => findDownload(job.artefacts, "volume.nii.gz") === null || !hasWebGl2(),
  );
  const region = useJumpKeys(study, index, setIndex);
  const change = (changes: Partial<ViewSettings>) => {
    setSettings((before) => ({ ...before, ...changes }));
  };
  const ready = useCallback((presets: WindowPresets) => {
    setSettings((before) => ({ ...before, presets, window: before.window ?? presets.auto }));
  }, []);
  const controls = { settings, onChange: change };
  return (
    <Card className="min-w-0 overflow-hidden">
      <section ref={region} aria-label="Slices of the study">
        <div className="relative h-[min(36rem,92vw)] overflow-hidden bg-black">
          {pictures ? (
            <SlicePictures
              job={job}
              axis={axis}
              index={index}
              overlay={settings.mask}
              onIndex={setIndex}
            />
          ) : (
            // A click goes on to the strip, so that the keys follow at once.
            <VolumeViewer
              job={job}
              axis={axis}
              sliceIndex={index}
              settings={settings}
              onSlice={setIndex}
              onWindow={(window: IntensityWindow) => {
                change({ window });
              }}
              onPress={() => slider.current?.focus({ preventScroll: true })}
              onReady={ready}
              onFailed={() => {
                setPictures(true);
              }}
            />
          )}
        </div>
        <div className="space-y-4 border-t border-line p-5 text-sm leading-6 text-ink-soft sm:p-6">
          <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
            <p className="font-medium text-ink tabular-nums">{describeSlice(study, index)}</p>
            <SliceJumps study={study} index={index} onIndex={setIndex} />
          </div>
          <SliceStrip
            study={study}
            axis={axis}
            index={index}
            onIndex={setIndex}
            slider={slider}
            hintId={hintId}
          />
          <StripLegend study={study} />
          <p id={hintId} className="text-xs leading-5">
            On the strip, arrow keys move by one slice, Page Up and Page Down by ten, Home and End
            to the ends. Anywhere here, n and p go to the next and the previous tumour slice, l to
            the largest area.
          </p>
        </div>
        <div className="space-y-5 border-t border-line p-5 text-sm leading-6 text-ink-soft sm:p-6">
          {pictures && (
            <Notice kind="info">
              This browser shows no volume here (it has no WebGL 2, or the viewer did not start):
              these are pictures of the axial slices instead.
            </Notice>
          )}
          {!pictures && <PlaneControl {...controls} />}
          <p>
            {describeConvention(
              pictures ? "radiological" : settings.convention,
              pictures ? "axial" : settings.plane,
            )}
          </p>
          {study.lesion !== null && <MaskControl {...controls} />}
          {!pictures && (
            <>
              {study.lesion !== null && <MaskOpacity {...controls} />}
              <WindowControl {...controls} />
              <ConventionControl {...controls} />
            </>
          )}
        </div>
      </section>
    </Card>
  );
}
