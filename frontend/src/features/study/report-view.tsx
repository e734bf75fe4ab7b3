import "./report.css";
import { ArrowLeft, FileText, Printer } from "lucide-react";
import { useState, type ReactNode } from "react";
import { Link } from "react-router";
import type { Job, StudyPrediction } from "../../api/study-types";
import { Button } from "../../components/button";
import { buttonClass } from "../../components/button-class";
import { ForcedNotice } from "../../components/forced-notice";
import { Notice } from "../../components/notice";
import { ResearchNotice } from "../../components/research-notice";
import { isForced, toReaderWords } from "../../domain/api-words";
import { formatBeside, formatMomentInUtc } from "../../domain/format";
import { findDownload, slicePicture } from "../../domain/study-artefacts";
import { toAxialAxis } from "../../domain/study-axis";
import { toStudyFacts } from "../../domain/study-facts";
import { firstSlice } from "../../domain/study-slices";
import { toStudyVerdict } from "../../domain/study-verdict";
import { groupWithheld } from "../../domain/withheld";
import { FactList } from "./fact-list";
import { describeSlice } from "./slice-strip";
import { StripDrawing } from "./strip-drawing";
import { StripEnds } from "./strip-ends";
import { StripLegend } from "./strip-legend";
import { StudyMeasures } from "./study-measures";

/** What whoever is handed the paper has to know, since nobody explains it then. */
const LIMITS = [
  "For research only. No medical device: no diagnosis, no treatment and no decision may rest on it.",
  "The model knows adult gliomas on FLAIR. Other lesions may be missed or taken for a tumour.",
  "Volume, diameter and area are of the model’s outline, which may miss a part or take in healthy tissue.",
  "How often it is right, on which data, stands in the card of the model named here.",
];

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="mt-7 print:mt-4">
      <h2 className="mb-3 border-b border-line pb-1.5 font-semibold">{title}</h2>
      {children}
    </section>
  );
}

function Toolbar({ job }: { job: Job }) {
  const pdf = findDownload(job.artefacts, "report.pdf");
  return (
    <div className="mx-auto flex max-w-3xl flex-wrap gap-2 print:hidden">
      <Link to={`/studies/${job.id}`} className={`${buttonClass("quiet")} mr-auto -ml-4`}>
        <ArrowLeft aria-hidden className="size-4" />
        The study
      </Link>
      <Button
        onClick={() => {
          window.print();
        }}
      >
        <Printer aria-hidden className="size-4" />
        Print
      </Button>
      {pdf !== null && (
        <a href={pdf.address} download={pdf.name} className={buttonClass("secondary")}>
          <FileText aria-hidden className="size-4" />
          PDF
        </a>
      )}
    </div>
  );
}

function Head({ job, study }: { job: Job; study: StudyPrediction }) {
  const { heading, reason } = toStudyVerdict(study);
  const forced = isForced(study.warnings);
  return (
    <>
      <ResearchNotice />
      <h1 className="mt-3 text-2xl font-semibold tracking-tight">Report of a study</h1>
      <p className="mt-1 text-sm wrap-anywhere text-ink-soft">
        {formatMomentInUtc(job.ended_at ?? job.created_at)}, study {job.id}
      </p>
      <p className="mt-5 text-lg font-semibold">
        {heading}, probability {formatBeside(study.probability, study.threshold)}
      </p>
      <p className="mt-1 text-sm leading-6 text-ink-soft">{reason}</p>
      {forced ? (
        <div className="mt-4">
          <ForcedNotice kind="study" warnings={study.warnings} />
        </div>
      ) : (
        study.warnings.map((warning) => (
          <p key={warning} className="mt-2 border-l-2 border-uncertain pl-3 text-sm leading-6">
            {toReaderWords(warning)}
          </p>
        ))
      )}
    </>
  );
}

function KeyPicture({ job, study }: { job: Job; study: StudyPrediction }) {
  const index = firstSlice(study);
  const [failed, setFailed] = useState(false);
  const outlined = study.lesion === null ? "nothing outlined" : "the outline of the lesion";
  return (
    <figure className="min-w-0">
      {failed ? (
        <Notice kind="warning" role="alert">
          The picture of slice {index} could not be loaded.
        </Notice>
      ) : (
        <img
          src={slicePicture(job, index, "outline")}
          alt={`Axial slice ${index} with ${outlined}`}
          onError={() => {
            setFailed(true);
          }}
          className="aspect-square w-full bg-black object-contain print:aspect-3/2"
        />
      )}
      <figcaption className="mt-2 text-xs leading-5 text-ink-soft">
        {describeSlice(study, index)}. Axial, the patient’s right on the left.
      </figcaption>
    </figure>
  );
}

/** What a person would hand over: one sheet of paper, or its PDF. */
export function ReportView({ job }: { job: Job }) {
  const { result: study } = job;
  if (study === null) return null;
  const withheld = groupWithheld(study.outputs_withheld);
  return (
    <>
      <Toolbar job={job} />
      <article className="study-report mx-auto mt-6 max-w-3xl border-line py-6 max-sm:border-t sm:border sm:bg-surface sm:px-10 sm:py-9 print:border-none">
        <Head job={job} study={study} />
        <div className="mt-7 grid gap-7 sm:grid-cols-2 print:mt-4 print:grid-cols-2">
          <KeyPicture job={job} study={study} />
          <StudyMeasures study={study} heading="h2" />
        </div>
        <Section title="Probability of each slice">
          <StripDrawing study={study} current={null} />
          <StripEnds axis={toAxialAxis(study.input)} />
          <div className="mt-3">
            <StripLegend study={study} index={firstSlice(study)} />
          </div>
        </Section>
        <Section title="What was read, and by what">
          <div className="sm:[&>dl]:grid-cols-2 print:[&>dl]:grid-cols-2">
            <FactList facts={toStudyFacts(study)} />
          </div>
        </Section>
        <Section title="Limits">
          <ul className="list-disc space-y-1 pl-5 text-sm leading-6 text-ink-soft print:pl-7">
            {LIMITS.map((limit) => (
              <li key={limit}>{limit}</li>
            ))}
            {withheld.map(({ names, detail }) => (
              <li key={detail}>
                {names}: left out. {detail}
              </li>
            ))}
          </ul>
        </Section>
      </article>
    </>
  );
}
