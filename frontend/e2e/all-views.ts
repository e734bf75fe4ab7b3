import { STUDY_VIEWS } from "./study-views";
import { VIEWS, type View } from "./views";

/** Every view of the app, in every state that it can be in; those of studies need software WebGL. */
export const ALL_VIEWS: readonly View[] = [...VIEWS, ...STUDY_VIEWS];
