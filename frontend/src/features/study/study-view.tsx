import { Printer } from "lucide-react";
import { Link } from "react-router";
import type { Job, StudyPrediction } from "../../api/study-types";
import { buttonClass } from "../../components/button-class";
import { Card } from "../../components/card";
import { ForcedNotice } from "../../components/forced-notice";
import { Notice } from "../../components/notice";
import { ProbabilityScale } from "../../components/probability-scale";
import { VerdictTitle } from "../../components/verdict-title";
import { WithheldOutputs } from "../../components/withheld-outputs";
import { isForced, toReaderWords } from "../../domain/api-words";
import { formatBeside } from "../../domain/format";
import { toStudyFacts } from "../../domain/study-facts";
import { toStudyVerdict } from "../../domain/study-verdict";
import { FactList } from "./fact-list";
import { StudyDownloads } from "./study-downloads";
import { StudyMeasures } from "./study-measures";
import { StudyViewer } from "./study-viewer";

function Verdict({ study }: { study: StudyPrediction }) {
  return (
    <Card className="min-w-0 p-5 sm:p-6 lg:col-start-2">
      <VerdictTitle
        verdict={toStudyVerdict(study)}
        probability={formatBeside(study.probability, study.threshold)}
        caption="probability of a tumour in this study"
      />
      <ProbabilityScale probability={study.probability} threshold={study.threshold} band={null} />
      {!isForced(study.warnings) && study.warnings.length > 0 && (
        <div className="mt-6 space-y-3">
          {study.warnings.map((warning) => (
            <Notice key={warning} kind="warning">
              {toReaderWords(warning)}
            </Notice>
          ))}
        </div>
      )}
    </Card>
  );
}

/** A whole study: verdict, viewer, measures and files; the viewer beside the rest on a desk. */
export function StudyView({ job }: { job: Job }) {
  const { result: study } = job;
  if (study === null) return null;
  return (
    <>
      {isForced(study.warnings) && (
        <div className="mb-6">
          <ForcedNotice kind="study" warnings={study.warnings} />
        </div>
      )}
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,26rem)] lg:grid-rows-[auto_1fr] lg:gap-x-8">
        <Verdict study={study} />
        <div className="min-w-0 lg:col-start-1 lg:row-span-2 lg:row-start-1">
          <StudyViewer key={job.id} job={job} study={study} />
        </div>
        <Card className="min-w-0 lg:col-start-2">
          <div className="border-b border-line p-5 sm:p-6">
            <StudyMeasures study={study} />
          </div>
          <div className="p-5 sm:p-6">
            <FactList facts={toStudyFacts(study)} />
          </div>
          <WithheldOutputs withheld={study.outputs_withheld} />
          <div className="border-t border-line">
            <StudyDownloads job={job} />
          </div>
          <div className="border-t border-line p-5 sm:p-6">
            <Link to={`/studies/${job.id}/report`} className={buttonClass("secondary")}>
              <Printer aria-hidden className="size-4" />
              Report to print
            </Link>
          </div>
        </Card>
      </div>
    </>
  );
}
