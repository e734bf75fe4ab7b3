import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";
import { jobQuery } from "../api/jobs";
import type { Job } from "../api/study-types";
import { Notice } from "../components/notice";
import { PageTitle } from "../components/page-title";
import { RequestNotice } from "../components/request-notice";
import { Skeleton } from "../components/skeleton";
import { toFailure } from "../domain/failure";
import { ReportView } from "../features/study/report-view";
import { NotFoundPage } from "./not-found-page";

/** The report of one study, to print. */
export function ReportRoute() {
  const { id = "" } = useParams();
  const { data: job, error, refetch } = useQuery(jobQuery(id));
  if (error !== null && toFailure(error).kind === "gone") return <NotFoundPage />;
  return (
    <div className="mx-auto max-w-4xl px-4 py-10 sm:px-6 sm:py-14 print:max-w-none print:p-0">
      <PageTitle name="Report" />
      <Report id={id} job={job} failed={error !== null} onRetry={() => void refetch()} />
    </div>
  );
}

interface ReportProps {
  id: string;
  job: Job | undefined;
  failed: boolean;
  onRetry: () => void;
}

function Report({ id, job, failed, onRetry }: ReportProps) {
  if (job === undefined) {
    return failed ? (
      <RequestNotice what="The report" onRetry={onRetry} />
    ) : (
      <Skeleton label="Loading the report" className="h-96" />
    );
  }
  return job.result === null ? <NoReport id={id} /> : <ReportView job={job} />;
}

function NoReport({ id }: { id: string }) {
  return (
    <Notice kind="info">
      This study has no answer to report.{" "}
      <Link to={`/studies/${id}`} className="font-medium text-accent hover:text-accent-hover">
        See how it stands
      </Link>
    </Notice>
  );
}
