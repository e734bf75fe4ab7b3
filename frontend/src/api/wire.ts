import type { components } from "./schema";

type Schemas = components["schemas"];

export type Prediction = Schemas["Prediction"];
export type Health = Schemas["Health"];
export type Models = Schemas["Models"];
export type Model = Schemas["Model"];
export type Figures = Schemas["Figures"];
export type Interval = Schemas["Interval"];
export type Lesion = Schemas["Lesion"];
export type Withheld = Schemas["Withheld"];
export type ReliabilityBin = Schemas["ReliabilityBin"];
export type StudyFigure = Schemas["StudyFigure"];
export type RefusalFigure = Schemas["RefusalFigure"];
export type Forerunner = Schemas["Forerunner"];
export type Problem = Schemas["Problem"];
