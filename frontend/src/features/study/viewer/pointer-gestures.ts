/** CSS pixels from the left and the top of the element. */
export type Point = readonly [x: number, y: number];

interface Gestures {
  /** Pixels since the last call, and where the drag began. */
  onDrag?: (right_px: number, up_px: number, start: Point) => void;
  /** A click or a tap that was no drag. */
  onPoint?: (at: Point) => void;
  /** Whole steps, down and to the right counting up. */
  onScroll: (steps: number, at: Point) => void;
}

/** A hand is never quite still: less is a click. */
const DRAG_PX = 4;

/** A wheel's notch gives about 100, a trackpad many small ones: this many make a step. */
const STEP_PX = 40;

const LINE_PX = 40;

interface Press {
  start: Point;
  last: Point;
  dragging: boolean;
}

function toPoint(element: HTMLElement, event: MouseEvent): Point {
  const { left, top } = element.getBoundingClientRect();
  return [event.clientX - left, event.clientY - top];
}

function watchWheel(element: HTMLElement, signal: AbortSignal, gestures: Gestures): void {
  let pending = 0;
  const turn = (event: WheelEvent) => {
    // With the control key a wheel, or two fingers, zoom the page.
    if (event.ctrlKey) return;
    event.preventDefault();
    pending += event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : LINE_PX);
    // However coarse the wheel, a notch is one slice: nobody wants to skip any.
    const steps = Math.sign(Math.trunc(pending / STEP_PX));
    if (steps === 0) return;
    pending = 0;
    gestures.onScroll(steps, toPoint(element, event));
  };
  element.addEventListener("wheel", turn, { signal, passive: false });
}

/** Tell drags from clicks, and turn wheel movement into whole steps, until the signal ends it. */
export function watchPointer(element: HTMLElement, signal: AbortSignal, gestures: Gestures): void {
  let press: Press | null = null;

  const down = (event: PointerEvent) => {
    if (!event.isPrimary || event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    const start = toPoint(element, event);
    press = { start, last: start, dragging: false };
  };
  const move = (event: PointerEvent) => {
    if (press === null || !event.isPrimary) return;
    const at = toPoint(element, event);
    press.dragging ||= Math.hypot(at[0] - press.start[0], at[1] - press.start[1]) > DRAG_PX;
    if (!press.dragging) return;
    gestures.onDrag?.(at[0] - press.last[0], press.last[1] - at[1], press.start);
    press.last = at;
  };
  const up = (event: PointerEvent) => {
    if (press === null || !event.isPrimary) return;
    if (!press.dragging) gestures.onPoint?.(press.start);
    press = null;
  };
  const cancel = () => {
    press = null;
  };
  element.addEventListener("pointerdown", down, { signal });
  element.addEventListener("pointermove", move, { signal });
  element.addEventListener("pointerup", up, { signal });
  element.addEventListener("pointercancel", cancel, { signal });
  watchWheel(element, signal, gestures);
}
