import { ArrowRight } from "lucide-react";
import { Link } from "react-router";
import { buttonClass } from "../../components/button-class";
import { ResearchNotice } from "../../components/research-notice";
import { PhantomPicture } from "./phantom-picture";

export function Hero() {
  return (
    <div className="mx-auto grid max-w-6xl items-center gap-x-16 gap-y-12 px-4 py-14 sm:px-6 sm:py-20 lg:grid-cols-[minmax(0,1fr)_25rem] lg:py-28">
      <div>
        <ResearchNotice />
        <h1 className="mt-5 text-4xl leading-[1.1] font-semibold tracking-tight sm:text-5xl">
          Signs of a brain tumour in an MRI study, and how sure that is
        </h1>
        <p className="mt-6 max-w-xl text-lg leading-8 text-ink-soft">
          BrainAI reads FLAIR, the MRI sequence that shows most lesions bright: a whole study or a
          single slice. It answers with a calibrated probability, outlines and measures the lesion,
          says “uncertain” where it cannot tell, and refuses, with the reason, what it takes for
          anything else.
        </p>
        <div className="mt-9 flex flex-wrap gap-3">
          <Link to="/predict" className={`${buttonClass("primary")} min-h-11 px-5`}>
            Try a study
            <ArrowRight aria-hidden className="size-4" />
          </Link>
          <Link to="/model" className={`${buttonClass("secondary")} min-h-11 px-5`}>
            See the figures
          </Link>
        </div>
      </div>
      <figure>
        <PhantomPicture layer="outline" className="rounded-card shadow-card" />
        <figcaption className="mt-3 text-sm leading-6 text-ink-faint">
          A phantom drawn by the project’s own generator, not a patient image, with the model’s
          outline over it.
        </figcaption>
      </figure>
    </div>
  );
}
