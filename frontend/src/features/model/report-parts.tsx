import type { Model } from "../../api/wire";
import { PlotLegend } from "../../components/plot-legend";
import { toLicenceWords, toSentence } from "../../domain/api-words";
import {
  hasPlace,
  ofKind,
  toGroups,
  type GroupFigures,
  type GroupKind,
} from "../../domain/figures";
import { ComparisonTable } from "./comparison-table";
import { DataTable } from "./data-table";
import { GroupTable } from "./group-table";
import { PlaceTable } from "./place-table";
import { RefusalTable } from "./refusal-table";
import { ReliabilityReport } from "./reliability-report";
import type { ReportPart } from "./report-section";
import { SourceReport } from "./source-report";
import { StudyTable } from "./study-table";

const SPLIT_BY_PATIENT =
  "Slices of one patient are near copies of each other. The data are therefore split by patient.";

function toDataLead(protocol: string): string {
  const how =
    protocol === ""
      ? "Nobody in these test sets was seen in training or when the threshold was chosen."
      : protocol;
  return `${SPLIT_BY_PATIENT} ${how}`;
}

function toSourceParts(sources: readonly GroupFigures[], protocol: string): ReportPart[] {
  if (sources.length === 0) {
    return [
      {
        id: "figures",
        title: "Figures",
        lead: "No figures came with this model: it was not measured. Do not trust its answers.",
        body: null,
      },
    ];
  }
  return [
    {
      id: "sources",
      title: "Figures by data source",
      lead: "All held-out patients together, then each source by itself, since a mean hides where the model is weak. Intervals are 95% over patients. Thresholding calls a slice a tumour where enough of its tissue is bright on FLAIR, and learns nothing else; a model has to beat it.",
      body: (
        <>
          <PlotLegend from="sm" />
          <div className="space-y-6 sm:mt-6">
            {sources.map((group) => (
              <SourceReport key={group.source} group={group} />
            ))}
          </div>
        </>
      ),
    },
    {
      id: "data",
      title: "Data and split",
      lead: toDataLead(protocol),
      body: <DataTable sources={sources} />,
    },
  ];
}

interface GroupPart {
  kind: GroupKind;
  id: string;
  title: string;
  lead: string;
  withDice: boolean;
}

const GROUP_PARTS: readonly GroupPart[] = [
  {
    kind: "site",
    id: "sites",
    title: "By site",
    lead: "A source by the hospital that its patients come from: scanners and protocols differ.",
    withDice: true,
  },
  {
    kind: "lesion_size",
    id: "sizes",
    title: "By size of the lesion",
    lead: "How much the size of a lesion in the slice matters. The slices without tumour are the same in each line of a source.",
    withDice: false,
  },
  {
    kind: "edge",
    id: "edges",
    title: "At the tumour’s edge",
    lead: "The slices where a tumour begins and ends. Two readers would not agree on all of them either.",
    withDice: false,
  },
  {
    kind: "look",
    id: "looks",
    title: "The same slices, prepared in other ways",
    lead: "With the skull removed, or as the slices of a study: normalised by it, and with what their neighbours say.",
    withDice: true,
  },
];

function toGroupParts(groups: readonly GroupFigures[]): ReportPart[] {
  return GROUP_PARTS.flatMap(({ kind, id, title, lead, withDice }) => {
    const here = ofKind(groups, kind);
    if (here.length === 0) return [];
    const label = `Figures: ${title.charAt(0).toLowerCase()}${title.slice(1)}`;
    return [
      { id, title, lead, body: <GroupTable label={label} groups={here} withDice={withDice} /> },
    ];
  });
}

function toPlaceParts(sources: readonly GroupFigures[]): ReportPart[] {
  const groups = sources.filter(hasPlace);
  if (groups.length === 0) return [];
  return [
    {
      id: "outline",
      title: "Outline and heat map",
      lead: "Dice says how well the outline and the true lesion overlap over all slices of a patient, from 0, not at all, to 1, entirely. The heat map shows where the classifier looked; its peak is the strongest point, and the figure is how often that lies in the lesion. Mirrored is how far the probability moves when left and right are swapped.",
      body: <PlaceTable groups={groups} />,
    },
  ];
}

function toTrustParts({ reliability, studies, refusals }: Model): ReportPart[] {
  const parts: ReportPart[] = [];
  if (reliability.length > 0) {
    parts.push({
      id: "reliability",
      title: "Reliability of the probability",
      lead: "A probability should mean what it says: of the slices given 70%, 70 in 100 should show a tumour. Under the diagonal the model says too much, over it too little.",
      body: <ReliabilityReport bins={reliability} />,
    });
  }
  if (studies.length > 0) {
    parts.push({
      id: "studies",
      title: "Whole studies",
      lead: "All slices of a patient judged together, as one answer. A false alarm is a study without a tumour that was called one.",
      body: <StudyTable studies={studies} />,
    });
  }
  if (refusals.length > 0) {
    parts.push({
      id: "refusals",
      title: "Refusals",
      lead: "Before it answers, the service asks whether it was given a FLAIR slice of a brain. These are images that this check was not fitted on. The right reason is the one that is true of the kind: not a brain, or another sequence. A whole series is refused when more than a third of the slices asked from its middle would be.",
      body: <RefusalTable refusals={refusals} />,
    });
  }
  return parts;
}

/** The sections of a model's report, in their order; what was not measured has none. */
export function toReportParts(model: Model): ReportPart[] {
  const groups = toGroups(model.figures);
  const sources = ofKind(groups, "source");
  const { forerunner } = model;
  return [
    ...toSourceParts(sources, model.protocol),
    ...toPlaceParts(sources),
    ...toGroupParts(groups),
    ...toTrustParts(model),
    ...(forerunner === null
      ? []
      : [
          {
            id: "forerunner",
            title: "Against the forerunner",
            lead: `An earlier tool of this kind published the figures of the first line. Its data: ${toSentence(forerunner.note)}`,
            body: <ComparisonTable forerunner={forerunner} sources={sources} />,
          },
        ]),
    { id: "licence", title: "Licence", lead: toLicenceWords(model.licence), body: null },
  ];
}
