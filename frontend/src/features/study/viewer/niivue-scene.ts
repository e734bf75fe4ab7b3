import { MULTIPLANAR_TYPE, NVImage, Niivue, SHOW_RENDER, SLICE_TYPE } from "@niivue/niivue";
import { clampIndex, fromRasShare, toRasShare, type AxialAxis } from "../../../domain/study-axis";
import { keepInRange, type PlaneCounts, type ViewPlace } from "../../../domain/view-place";
import type { Plane, ViewSettings } from "../../../domain/view-settings";
import {
  dragWindow,
  toWindowPresets,
  type IntensityWindow,
  type WindowPresets,
} from "../../../lib/intensity-window";
import { OUTLINE_SHADER } from "./outline-shader";
import { watchPointer, type Point } from "./pointer-gestures";
import type { Scene, SceneEvents, SceneParts } from "./scene-types";

const SLICE_TYPES: Record<Plane, SLICE_TYPE> = {
  axial: SLICE_TYPE.AXIAL,
  coronal: SLICE_TYPE.CORONAL,
  sagittal: SLICE_TYPE.SAGITTAL,
  all: SLICE_TYPE.MULTIPLANAR,
  volume: SLICE_TYPE.RENDER,
};

const MASK_COLOURS = "brainai-mask";
const OUTLINE_CSS_PX = 2.5;
const DEGREES_PER_PX = 0.5;
const LIGHT = 0.6;

/** All that NiiVue would else do by itself: keys, drops, downloads and gestures are the page's. */
const OPTIONS = {
  interactive: false,
  dragAndDropEnabled: false,
  logLevel: "error",
  loadingText: "",
  sliceType: SLICE_TYPE.AXIAL,
  isColorbar: false,
  showAllOrientationMarkers: true,
  isOrientCube: true,
  multiplanarLayout: MULTIPLANAR_TYPE.GRID,
  multiplanarShowRender: SHOW_RENDER.ALWAYS,
  multiplanarPadPixels: 4,
  crosshairColor: [0.37, 0.89, 1, 0.55],
  crosshairWidth: 0.5,
  crosshairGap: 12,
  fontColor: [0.92, 0.95, 0.96, 1],
  fontMinPx: 14,
  backColor: [0, 0, 0, 1],
} as const;

function toImage(buffer: ArrayBuffer, name: string, colormap: string): Promise<NVImage> {
  return NVImage.loadFromUrl({ url: buffer, name, colormap });
}

/** An axis that runs as RAS+ does. */
function toLine(count: number): AxialAxis {
  return { count, up: true };
}

/** A study in NiiVue, in a canvas of its own. Nothing is fetched: the bytes come from outside. */
export class NiivueScene implements Scene {
  readonly presets: WindowPresets;
  readonly counts: PlaneCounts;
  readonly #niivue: Niivue;
  readonly #canvas: HTMLCanvasElement;
  readonly #axis: AxialAxis;
  readonly #events: SceneEvents;
  readonly #stop = new AbortController();
  #settings: ViewSettings;
  #frame = 0;

  private constructor(
    niivue: Niivue,
    canvas: HTMLCanvasElement,
    parts: SceneParts,
    events: SceneEvents,
  ) {
    this.#niivue = niivue;
    this.#canvas = canvas;
    this.#axis = parts.axis;
    this.#events = events;
    this.#settings = parts.settings;
    this.presets = toWindowPresets(this.#volume.img ?? []);
    const [, sagittal = 1, coronal = 1] = this.#volume.dimsRAS ?? [];
    this.counts = { sagittal, coronal };
    this.#listen();
    this.#centre(parts.slice_index);
    this.#apply(parts.settings, null);
  }

  /** Start NiiVue within an element and show a study. Rejects where WebGL 2 or a file fails. */
  static async open(
    host: HTMLElement,
    parts: SceneParts,
    events: SceneEvents,
  ): Promise<NiivueScene> {
    const canvas = document.createElement("canvas");
    canvas.setAttribute("aria-hidden", "true");
    host.append(canvas);
    try {
      const niivue = new Niivue({
        ...OPTIONS,
        crosshairColor: [...OPTIONS.crosshairColor],
        fontColor: [...OPTIONS.fontColor],
        backColor: [...OPTIONS.backColor],
      });
      await niivue.attachToCanvas(canvas, true);
      niivue.addColormap(MASK_COLOURS, {
        R: [0, 95],
        G: [0, 228],
        B: [0, 255],
        A: [0, 255],
        I: [0, 255],
      });
      niivue.addVolume(await toImage(parts.volume, "volume.nii.gz", "gray"));
      if (parts.mask !== null) {
        const mask = await toImage(parts.mask, "mask.nii.gz", MASK_COLOURS);
        mask.cal_min = 0;
        mask.cal_max = 1;
        niivue.addVolume(mask);
      }
      niivue.setCustomSliceShader(OUTLINE_SHADER);
      return new NiivueScene(niivue, canvas, parts, events);
    } catch (thrown) {
      canvas.remove();
      throw thrown;
    }
  }

  showSlice(index: number): void {
    const { crosshairPos } = this.#niivue.scene;
    const share = toRasShare(index, this.#axis);
    if (crosshairPos[2] === share) return;
    crosshairPos[2] = share;
    this.#draw();
  }

  get place(): ViewPlace {
    const { crosshairPos, renderAzimuth, renderElevation } = this.#niivue.scene;
    return keepInRange({
      sagittal: fromRasShare(crosshairPos[0], toLine(this.counts.sagittal)),
      coronal: fromRasShare(crosshairPos[1], toLine(this.counts.coronal)),
      azimuth: renderAzimuth,
      elevation: renderElevation,
    });
  }

  showPlace(next: ViewPlace): void {
    const { scene } = this.#niivue;
    const before = this.place;
    // A click puts the crosshair between the middles of two slices, where it is to stay.
    if (next.sagittal !== before.sagittal)
      scene.crosshairPos[0] = toRasShare(next.sagittal, toLine(this.counts.sagittal));
    if (next.coronal !== before.coronal)
      scene.crosshairPos[1] = toRasShare(next.coronal, toLine(this.counts.coronal));
    scene.renderAzimuth = next.azimuth;
    scene.renderElevation = next.elevation;
    this.#draw();
  }

  show(settings: ViewSettings): void {
    const before = this.#settings;
    this.#settings = settings;
    this.#apply(settings, before);
  }

  dispose(): void {
    this.#stop.abort();
    cancelAnimationFrame(this.#frame);
    this.#niivue.cleanup();
    this.#niivue.gl.getExtension("WEBGL_lose_context")?.loseContext();
    this.#canvas.remove();
  }

  get #volume(): NVImage {
    const [volume] = this.#niivue.volumes;
    if (volume === undefined) throw new Error("the scene has no volume");
    return volume;
  }

  #apply(settings: ViewSettings, before: ViewSettings | null): void {
    const niivue = this.#niivue;
    niivue.opts.sliceType = SLICE_TYPES[settings.plane];
    // One plane has its letters from the page, where they are text.
    niivue.opts.isOrientationTextVisible = settings.plane === "all";
    niivue.opts.isRadiologicalConvention = settings.convention === "radiological";
    // Within one axial slice the cross says nothing; between planes it says where they meet.
    niivue.opts.crosshairWidth =
      settings.plane === "axial" || settings.plane === "volume" ? 0 : 0.5;
    this.#canvas.style.touchAction = settings.plane === "volume" ? "none" : "pan-y";
    const dpr = niivue.uiData.dpr ?? 1;
    niivue.overlayOutlineWidth = settings.mask === "outline" ? OUTLINE_CSS_PX * dpr : 0;
    niivue.overlayAlphaShader = settings.mask === "none" ? 0 : settings.mask_opacity;
    this.#showMaskInVolume(settings, before);
    this.#showWindow(settings.window ?? this.presets.auto, before?.window ?? null);
    if (settings.plane === "volume" || settings.plane === "all") this.#illuminate();
    this.#draw();
  }

  /** Light makes a head of the rendering; it costs a pass over the volume, so only once asked for. */
  #illuminate(): void {
    if (this.#niivue.opts.gradientAmount > 0) return;
    void this.#niivue.setVolumeRenderIllumination(LIGHT);
  }

  /** The rendering knows no outline: there the mask is a body, or is not. */
  #showMaskInVolume(settings: ViewSettings, before: ViewSettings | null): void {
    const [, mask] = this.#niivue.volumes;
    if (
      mask === undefined ||
      (before !== null && (before.mask === "none") === (settings.mask === "none"))
    )
      return;
    mask.opacity = settings.mask === "none" ? 0 : 1;
    this.#niivue.updateGLVolume();
  }

  #showWindow(window: IntensityWindow, before: IntensityWindow | null): void {
    if (before !== null && window.low === before.low && window.high === before.high) return;
    const volume = this.#volume;
    volume.cal_min = window.low;
    volume.cal_max = window.high;
    this.#niivue.refreshLayers(volume, 0);
  }

  /** Put the crosshair into the lesion of a slice, or into the middle where there is none. */
  #centre(index: number): void {
    const share = toRasShare(index, this.#axis);
    const [x, y] = this.#lesionCentre(share) ?? [0.5, 0.5];
    const { crosshairPos } = this.#niivue.scene;
    crosshairPos[0] = x;
    crosshairPos[1] = y;
    crosshairPos[2] = share;
  }

  #lesionCentre(share: number): [number, number] | null {
    const [, mask] = this.#niivue.volumes;
    const [, width, height, depth] = mask?.dimsRAS ?? [];
    if (mask === undefined || width === undefined || height === undefined || depth === undefined)
      return null;
    const voxels = mask.img2RAS();
    const start = Math.min(depth - 1, Math.floor(share * depth)) * width * height;
    let [count, sumX, sumY] = [0, 0, 0];
    for (let at = 0; at < width * height; at += 1) {
      if ((voxels[start + at] ?? 0) === 0) continue;
      count += 1;
      sumX += at % width;
      sumY += Math.floor(at / width);
    }
    return count === 0 ? null : [(sumX / count + 0.5) / width, (sumY / count + 0.5) / height];
  }

  #listen(): void {
    const { signal } = this.#stop;
    this.#canvas.addEventListener(
      "webglcontextlost",
      () => {
        if (!signal.aborted) this.#events.onLost();
      },
      { signal },
    );
    watchPointer(this.#canvas, signal, {
      onDrag: (right_px, up_px, at) => {
        this.#drag(right_px, up_px, at);
      },
      onPoint: (at) => {
        this.#point(at);
      },
      onScroll: (steps, at) => {
        this.#scroll(steps, at);
      },
    });
  }

  #drag(right_px: number, up_px: number, start: Point): void {
    const niivue = this.#niivue;
    if (niivue.inRenderTile(...this.#toCanvas(start)) >= 0) {
      const { place } = this;
      const azimuth = place.azimuth - right_px * DEGREES_PER_PX;
      const elevation = place.elevation - up_px * DEGREES_PER_PX;
      this.showPlace(keepInRange({ ...place, azimuth, elevation }));
      this.#events.onPlace(this.place);
      return;
    }
    const { window } = this.#settings;
    this.#events.onWindow(dragWindow(window ?? this.presets.auto, right_px, up_px));
  }

  #point(at: Point): void {
    const [x, y, z] = this.#niivue.canvasPos2frac(this.#toCanvas(at));
    // NiiVue answers -1 for what lies beside every tile.
    if (x === undefined || y === undefined || z === undefined || x < 0) return;
    const { crosshairPos } = this.#niivue.scene;
    crosshairPos[0] = x;
    crosshairPos[1] = y;
    crosshairPos[2] = z;
    this.#draw();
    this.#tellSlice();
    this.#events.onPlace(this.place);
  }

  #scroll(steps: number, at: Point): void {
    const niivue = this.#niivue;
    const tile = niivue.screenSlices[niivue.tileIndex(...this.#toCanvas(at))];
    if (tile === undefined || tile.axCorSag > SLICE_TYPE.SAGITTAL) return;
    if (tile.axCorSag === SLICE_TYPE.AXIAL) {
      const index = fromRasShare(niivue.scene.crosshairPos[2], this.#axis);
      this.showSlice(clampIndex(index + steps, this.#axis));
      this.#tellSlice();
      return;
    }
    const part = tile.axCorSag === SLICE_TYPE.CORONAL ? "coronal" : "sagittal";
    const { place } = this;
    this.showPlace({
      ...place,
      [part]: clampIndex(place[part] + steps, toLine(this.counts[part])),
    });
    this.#events.onPlace(this.place);
  }

  #tellSlice(): void {
    this.#events.onSlice(fromRasShare(this.#niivue.scene.crosshairPos[2], this.#axis));
  }

  /** Draw once per frame, however often something changes within one. */
  #draw(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => {
      this.#niivue.drawScene();
    });
  }

  #toCanvas([x, y]: Point): [number, number] {
    const dpr = this.#niivue.uiData.dpr ?? 1;
    return [x * dpr, y * dpr];
  }
}
