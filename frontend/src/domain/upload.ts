import { formatBytes, formatCount } from "./format";

/** What a file is, as far as the page has to know: a picture is one slice, the rest may be a study. */
export type UploadKind = "slice" | "study";

/** The raster formats that POST /predict reads, as browsers call them. */
const RASTER_TYPES: ReadonlySet<string> = new Set([
  "image/png",
  "image/jpeg",
  "image/tiff",
  "image/webp",
  "image/bmp",
  "image/x-ms-bmp",
]);

/** How those formats begin; WebP by its container. */
const RASTER_STARTS = ["\x89PNG", "\xff\xd8\xff", "II*\0", "MM\0*", "RIFF", "BM"] as const;

const LONGEST_START = 4;

/** Files that systems leave in folders; none of them is part of a study. */
const LITTER = /^(?:\..*|Thumbs\.db|desktop\.ini|DICOMDIR)$/i;

/** A file as drop areas hand it over: with the way to it in the folder that was given. */
type PlacedFile = File & { readonly relativePath?: string };

/** The way to a file in its folder, without a slash in front; its name where it came alone. */
export function toPath(file: PlacedFile): string {
  const way = file.webkitRelativePath || (file.relativePath ?? "") || file.name;
  return way.replace(/^\.?\/+/, "");
}

/** Leave out what systems put beside the files of a folder. */
export function withoutLitter(files: readonly File[]): File[] {
  return files.filter((file) => {
    const path = toPath(file);
    return !LITTER.test(file.name) && !path.startsWith("__MACOSX/") && !path.includes("/__MACOSX/");
  });
}

async function readStart(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.slice(0, LONGEST_START).arrayBuffer());
  return String.fromCharCode(...bytes);
}

/** False once one of them was changed, moved or deleted since it was chosen, or its disk is gone. */
export async function areReadable(files: readonly File[]): Promise<boolean> {
  try {
    await Promise.all(files.map(readStart));
    return true;
  } catch {
    return false;
  }
}

/** One raster picture is a slice; everything else is given to the jobs, which read volumes. */
export async function toUploadKind(files: readonly File[]): Promise<UploadKind> {
  const [file, ...more] = files;
  if (file === undefined || more.length > 0) return "study";
  if (RASTER_TYPES.has(file.type)) return "slice";
  const start = await readStart(file);
  return RASTER_STARTS.some((magic) => start.startsWith(magic)) ? "slice" : "study";
}

/** What the reader would call it: the folder or the file; of several files, the first and how many more. */
export function nameUpload(files: readonly File[]): string {
  const paths = files.map(toPath);
  const [first = "nothing", ...more] = paths;
  if (more.length === 0) return first.split("/").at(-1) ?? first;
  const [folder, ...below] = first.split("/");
  if (
    folder !== undefined &&
    below.length > 0 &&
    paths.every((path) => path.startsWith(`${folder}/`))
  ) {
    return folder;
  }
  return `${first.split("/").at(-1) ?? first} and ${more.length} more`;
}

/** Hebrew, Arabic and the other scripts that run from right to left. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff]/;

/** A name between Unicode's marks of isolation, where it would turn the figures behind it round. */
function isolate(name: string): string {
  return RIGHT_TO_LEFT.test(name) ? `\u2068${name}\u2069` : name;
}

/** Its name and size: "study.nii.gz, 4.2 MB"; of several files, how many too. */
export function describeUpload(files: readonly File[]): string {
  const size = formatBytes(files.reduce((sum, file) => sum + file.size, 0));
  const count = files.length > 1 ? `${formatCount(files.length, "file")}, ` : "";
  return `${isolate(nameUpload(files))}, ${count}${size}`;
}
