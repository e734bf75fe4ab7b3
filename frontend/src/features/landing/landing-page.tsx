import { PageTitle } from "../../components/page-title";
import { FiguresSummary } from "./figures-summary";
import { Hero } from "./hero";
import { Limits } from "./limits";
import { Steps } from "./steps";

export function LandingPage() {
  return (
    <>
      <PageTitle name="Brain tumour detection on FLAIR studies" />
      <Hero />
      <Steps />
      <FiguresSummary />
      <Limits />
    </>
  );
}
