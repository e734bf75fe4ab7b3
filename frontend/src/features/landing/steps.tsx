import type { ReactNode } from "react";
import { Card } from "../../components/card";
import { ProbabilityScale } from "../../components/probability-scale";
import { PhantomPicture } from "./phantom-picture";
import { Section } from "./section";

/** Round numbers for the picture of step 2; a real answer carries those of its model. */
const EXAMPLE = { probability: 0.82, threshold: 0.4, band: { low: 0.3, high: 0.5 } };

interface StepProps {
  number: number;
  title: string;
  picture: ReactNode;
  children: ReactNode;
}

function Step({ number, title, picture, children }: StepProps) {
  return (
    <li className="flex">
      <Card className="flex w-full flex-col overflow-hidden">
        <div className="grid h-64 place-items-center overflow-hidden border-b border-line bg-raised">
          {picture}
        </div>
        <div className="p-6">
          <h3 className="flex items-baseline gap-2.5 font-semibold">
            <span className="text-accent tabular-nums">{number}</span>
            {title}
          </h3>
          <p className="mt-2 text-sm leading-6 text-ink-soft">{children}</p>
        </div>
      </Card>
    </li>
  );
}

export function Steps() {
  return (
    <Section
      id="how"
      title="How it works"
      lead="One study or slice in, one answer out. No account is needed; what was asked is listed in your browser alone."
    >
      <ol className="grid gap-6 md:grid-cols-3">
        <Step
          number={1}
          title="Give a study or a slice"
          picture={
            <div className="rounded-card border-2 border-dashed border-line-strong/70 p-4">
              <PhantomPicture className="w-36 rounded-control" />
            </div>
          }
        >
          Drop a FLAIR volume (NIfTI, MetaImage), a folder or zip of DICOM files, or one slice as a
          picture. What is taken for anything else is refused, with the reason.
        </Step>
        <Step
          number={2}
          title="Read the probability"
          picture={
            <div className="w-full max-w-72 px-6">
              <ProbabilityScale {...EXAMPLE} />
            </div>
          }
        >
          Every axial slice gets a calibrated probability, and the study one of its own. Inside the
          uncertain band, on slices unlike those it knows, and where what it outlines lies on both
          sides alike, as white matter disease does, the model does not decide.
        </Step>
        <Step
          number={3}
          title="See where"
          picture={<PhantomPicture layer="heat_map" className="w-full" />}
        >
          An outline marks the lesion and measures it: in mL through a study that you can scroll. On
          a slice, a heat map, as here, marks where the classifier looked. The two may disagree.
        </Step>
      </ol>
    </Section>
  );
}
