import { useQuery } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useState } from "react";
import { useLocation } from "react-router";
import { modelsQuery } from "../../api/queries";
import { PageTitle } from "../../components/page-title";
import { RequestNotice } from "../../components/request-notice";
import { Skeleton } from "../../components/skeleton";
import { chooseShown, ModelChoice } from "./model-choice";
import { ModelReport } from "./model-report";

/** Go to the place that the address names once it is there; before that, the browser found none. */
function useLateScroll(hash: string, there: boolean): void {
  const [late] = useState(!there);
  const scroll = useEffectEvent(() => {
    document.getElementById(hash.slice(1))?.scrollIntoView();
  });
  useEffect(() => {
    if (late && there) scroll();
  }, [late, there]);
}

function ModelBody() {
  const { hash } = useLocation();
  const { data, isPending, isError, refetch } = useQuery(modelsQuery);
  useLateScroll(hash, data !== undefined);
  if (isPending) {
    return (
      <div className="mt-10 space-y-6">
        <Skeleton label="Loading the model and its figures" className="h-40" />
        <Skeleton label="Loading" className="h-80" />
      </div>
    );
  }
  if (isError) {
    return (
      <div className="mt-10 max-w-2xl">
        <RequestNotice
          what="The model and its figures"
          onRetry={() => {
            void refetch();
          }}
        />
      </div>
    );
  }
  const shown = chooseShown(data.models, hash);
  if (shown === undefined) {
    return <p className="mt-10 text-ink-soft">This service has no model installed.</p>;
  }
  return (
    <>
      {data.models.length > 1 && <ModelChoice models={data.models} shown={shown} />}
      <ModelReport key={shown.name} model={shown} />
    </>
  );
}

export function ModelPage() {
  return (
    <div className="mx-auto max-w-6xl px-4 py-10 sm:px-6 sm:py-14">
      <PageTitle name="Model" />
      <h1 className="text-2xl font-semibold tracking-tight sm:text-3xl">The model</h1>
      <p className="mt-3 max-w-2xl leading-7 text-ink-soft">
        What answers here, what it was measured on, and how well it did. Every figure on this page
        comes from the running service.
      </p>
      <ModelBody />
    </div>
  );
}
