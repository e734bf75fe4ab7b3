import type { components } from "./schema";

type Schemas = components["schemas"];

export type StudyPrediction = Schemas["StudyPrediction"];
export type StudyInput = Schemas["VolumeInput"];
export type StudyLabel = StudyPrediction["label"];
export type StudySequence = StudyPrediction["sequences_used"][number];
export type StudyWithheld = Schemas["Withheld"];
export type SliceFinding = Schemas["SliceFinding"];
export type VolumeLesion = Schemas["VolumeLesion"];
export type Artefact = Schemas["Artefact"];
export type Job = Schemas["Job"];
export type JobState = Job["state"];
export type JobStage = Job["stage"];
