import type { Artefact, Job } from "../api/study-types";

/** What is drawn over a slice picture of the API. */
export type PictureOverlay = "outline" | "fill" | "none";

interface Purpose {
  title: string;
  purpose: string;
  /** The same where nothing is outlined. */
  without?: string;
}

const PURPOSES: Record<string, Purpose> = {
  "mask.nii.gz": {
    title: "Mask, NIfTI",
    purpose: "The outline on the scan’s own grid, for ITK-SNAP, 3D Slicer, nibabel.",
    without: "Empty, since nothing is outlined; on the scan’s own grid.",
  },
  "mask.dcm": {
    title: "Mask, DICOM SEG",
    purpose: "The outline as a segmentation object, for DICOM viewers and archives.",
    without: "A segmentation object that is empty, since nothing is outlined.",
  },
  "report.pdf": {
    title: "Report, PDF",
    purpose: "Key picture, measures and limits, to hand over or to print.",
  },
  "report.json": {
    title: "Report, JSON",
    purpose: "Everything on this page as the API says it, for scripts.",
  },
  "montage.png": {
    title: "Montage, PNG",
    purpose: "The slices with the outline on one sheet.",
    without: "The slices on one sheet.",
  },
  "volume.nii.gz": {
    title: "Scan, NIfTI",
    purpose: "The voxels and their grid, nothing else of the upload.",
  },
};

const ORDER = Object.keys(PURPOSES);

/** A file to download, with what it is for. */
export interface Download {
  name: string;
  title: string;
  purpose: string | null;
  address: string;
  size_bytes: number;
}

/** Where the page finds an address of the API. */
function toAddress(href: string): string {
  return `/api${href}`;
}

function place(name: string): number {
  const at = ORDER.indexOf(name);
  return at < 0 ? ORDER.length : at;
}

function toPurpose(name: string, outlined: boolean): string | null {
  const { purpose = null, without = purpose } = PURPOSES[name] ?? {};
  return outlined ? purpose : without;
}

/** All files of a job, the most wanted first; one that this page does not know comes last. */
export function toDownloads(artefacts: readonly Artefact[], outlined: boolean): Download[] {
  return [...artefacts]
    .sort((a, b) => place(a.name) - place(b.name))
    .map(({ name, href, size_bytes }) => ({
      name,
      title: PURPOSES[name]?.title ?? name,
      purpose: toPurpose(name, outlined),
      address: toAddress(href),
      size_bytes,
    }));
}

/** Address and size of one file, or null where the job has none of that name. */
export function findDownload(artefacts: readonly Artefact[], name: string): Download | null {
  return toDownloads(artefacts, true).find((download) => download.name === name) ?? null;
}

/** The API's picture of one axial slice, in radiological convention. */
export function slicePicture(job: Pick<Job, "id">, index: number, overlay: PictureOverlay): string {
  return toAddress(`/jobs/${encodeURIComponent(job.id)}/slices/${index}.png?overlay=${overlay}`);
}
