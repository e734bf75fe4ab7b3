import { vi } from "vitest";
import type { Job } from "../api/study-types";

/** An event stream that a test speaks into: jsdom has none. */
export class TestEventSource extends EventTarget {
  static opened: TestEventSource[] = [];

  readonly url: string;
  closed = false;
  onerror: (() => void) | null = null;

  constructor(url: string) {
    super();
    this.url = url;
    TestEventSource.opened.push(this);
  }

  close(): void {
    this.closed = true;
  }

  tell(job: Job): void {
    this.dispatchEvent(new MessageEvent("job", { data: JSON.stringify(job) }));
  }

  breakOff(): void {
    this.onerror?.();
  }
}

/** Give the page event streams for one test; return those that it opens. */
export function stubEventSource(): TestEventSource[] {
  TestEventSource.opened = [];
  vi.stubGlobal("EventSource", TestEventSource);
  return TestEventSource.opened;
}
