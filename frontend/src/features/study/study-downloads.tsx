import { Download } from "lucide-react";
import { useId } from "react";
import type { Job } from "../../api/study-types";
import { formatBytes } from "../../domain/format";
import { toDownloads } from "../../domain/study-artefacts";

/** Every file of the study, with its size and what it is for. */
export function StudyDownloads({ job }: { job: Job }) {
  const id = useId();
  const downloads = toDownloads(job.artefacts, job.result?.lesion != null);
  if (downloads.length === 0) return null;
  return (
    <section aria-labelledby={id} className="p-5 text-sm sm:p-6">
      <h3 id={id} className="font-semibold">
        Files
      </h3>
      <ul className="mt-2 divide-y divide-line">
        {downloads.map(({ name, title, purpose, address, size_bytes }) => (
          <li key={name}>
            <a
              href={address}
              download={name}
              className="group -mx-2 grid min-h-11 grid-cols-[minmax(0,1fr)_auto] items-center gap-3 rounded-control px-2 py-2.5 transition-colors hover:bg-raised"
            >
              <span>
                <span className="block font-medium group-hover:underline">{title}</span>
                {purpose !== null && (
                  <span className="mt-0.5 block text-xs leading-5 text-ink-soft">{purpose}</span>
                )}
              </span>
              <span className="flex items-center gap-2 text-xs text-ink-soft tabular-nums">
                {formatBytes(size_bytes)}
                <Download aria-hidden className="size-4 text-accent" />
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
