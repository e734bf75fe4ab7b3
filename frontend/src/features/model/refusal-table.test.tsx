import { render, screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { aRefusal } from "../../testing/answers";
import { RefusalTable } from "./refusal-table";

const FLAIR = aRefusal({
  title: "FLAIR of patients held out",
  should_refuse: false,
  images: 2310,
  refused: 0.0048,
  with_true_reason: null,
});

function rowgroups(): HTMLElement[] {
  // The first is the head of the table.
  return screen.getAllByRole("rowgroup").slice(1);
}

describe("RefusalTable", () => {
  it("shows how much was refused, with which share of right reasons, and was warned of", () => {
    const refusal = aRefusal({ refused: 0.973, with_true_reason: 0.961, refused_or_warned: 0.985 });
    render(<RefusalTable refusals={[refusal]} />);
    const row = screen.getByRole("row", { name: /noise/ });
    expect(row).toHaveTextContent("noise20097.3%96.1%98.5%");
  });

  it("parts what should be refused from what should pass, whatever their order", () => {
    render(<RefusalTable refusals={[FLAIR, aRefusal()]} />);
    const [wanted, unwanted] = rowgroups();
    expect(wanted).toHaveTextContent(/To be refused/);
    expect(wanted).toHaveTextContent(/noise/);
    expect(unwanted).toHaveTextContent(/What the model is made for/);
    const row = unwanted && within(unwanted).getByRole("row", { name: /FLAIR of patients/ });
    expect(row).toHaveTextContent("2,3100.5%");
    expect(row).toHaveTextContent("not measured");
  });

  it("has no column of warnings where none were counted", () => {
    render(<RefusalTable refusals={[aRefusal({ refused_or_warned: null })]} />);
    expect(screen.queryByText("Refused or warned of")).toBeNull();
    expect(screen.getByRole("row", { name: /noise/ })).toHaveTextContent(/^noise200100.0%100.0%$/);
  });

  it("has no heading over nothing", () => {
    render(<RefusalTable refusals={[aRefusal()]} />);
    expect(rowgroups()).toHaveLength(1);
  });
});
