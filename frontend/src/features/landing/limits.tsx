import { Section } from "./section";

const LIMITS = [
  {
    title: "Slice by slice, few sequences",
    text: "It judges a picture by itself, the axial slices of a study with their neighbours, and the study by its slices: of FLAIR, and of T1c and T2 where the study holds them. A reader sees far more. What is no brain FLAIR is refused where that is noticed, which is not always.",
  },
  {
    title: "Bright is not always a tumour",
    text: "Multiple sclerosis was tested. Stroke, infection, bleeding and scars after an operation were not: it may call any of them a tumour.",
  },
  {
    title: "Few patients",
    text: "The figures rest on small public data sets. The intervals are wide for that reason; read them before the figures.",
  },
  {
    title: "Gliomas only",
    text: "The tumours in the data are gliomas of adults. Metastases, meningiomas and children’s tumours were not measured.",
  },
  {
    title: "An outline is a guess",
    text: "It can miss a part or take in healthy tissue, and volumes and diameters follow it. The heat map outlines nothing, and can be beside the point.",
  },
  {
    title: "Other scanners differ",
    text: "With another scanner or protocol the probability can shift. Measure on your own data before you rely on anything here.",
  },
] as const;

export function Limits() {
  return (
    <Section
      id="limits"
      title="What it cannot do"
      lead="It must not guide the care of anyone. These limits are known; there will be others."
    >
      <ul className="grid gap-x-12 gap-y-8 sm:grid-cols-2 lg:grid-cols-3">
        {LIMITS.map(({ title, text }) => (
          <li key={title} className="border-t border-line-strong/50 pt-5">
            <h3 className="font-semibold">{title}</h3>
            <p className="mt-2 text-sm leading-6 text-ink-soft">{text}</p>
          </li>
        ))}
      </ul>
    </Section>
  );
}
