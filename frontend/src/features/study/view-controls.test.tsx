import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { FIRST_VIEW, type ViewSettings } from "../../domain/view-settings";
import {
  ConventionControl,
  MaskControl,
  MaskOpacity,
  PlaneControl,
  WindowControl,
} from "./view-controls";

const PRESETS = {
  auto: { low: 0, high: 600 },
  brain: { low: 200, high: 500 },
  wide: { low: 0, high: 1000 },
};

const LOADED: ViewSettings = { ...FIRST_VIEW, presets: PRESETS, window: PRESETS.auto };

describe("the viewer's controls", () => {
  it("tell the plane, the mask and the convention that are chosen", async () => {
    const onChange = vi.fn();
    render(
      <>
        <PlaneControl settings={LOADED} onChange={onChange} />
        <MaskControl settings={LOADED} onChange={onChange} />
        <ConventionControl settings={LOADED} onChange={onChange} />
      </>,
    );
    for (const name of ["Coronal", "Fill", "Neurological"]) {
      await userEvent.click(screen.getByRole("radio", { name }));
    }
    expect(onChange.mock.calls).toEqual([
      [{ plane: "coronal" }],
      [{ mask: "fill" }],
      [{ convention: "neurological" }],
    ]);
  });

  it("set the mask's opacity while there is one to see", () => {
    const onChange = vi.fn();
    const { rerender } = render(<MaskOpacity settings={LOADED} onChange={onChange} />);
    fireEvent.change(screen.getByRole("slider"), { target: { value: "40" } });
    expect(onChange).toHaveBeenCalledWith({ mask_opacity: 0.4 });
    rerender(<MaskOpacity settings={{ ...LOADED, mask: "none" }} onChange={onChange} />);
    expect(screen.getByRole("slider")).toBeDisabled();
  });

  it("say nothing of a window until the volume is there", () => {
    const { container } = render(<WindowControl settings={FIRST_VIEW} onChange={vi.fn()} />);
    expect(container).toBeEmptyDOMElement();
  });

  it("set the window by preset, and by hand without a drag", async () => {
    const onChange = vi.fn();
    render(<WindowControl settings={LOADED} onChange={onChange} />);
    expect(screen.getByRole("radio", { name: "Auto" })).toBeChecked();
    await userEvent.click(screen.getByRole("radio", { name: "Brain" }));
    expect(onChange).toHaveBeenLastCalledWith({ window: PRESETS.brain });
    await userEvent.click(screen.getByText("Level and width by hand"));
    fireEvent.change(screen.getByRole("slider", { name: "Width" }), { target: { value: "40" } });
    expect(onChange).toHaveBeenLastCalledWith({ window: { low: 100, high: 500 } });
    fireEvent.change(screen.getByRole("slider", { name: "Level" }), { target: { value: "50" } });
    expect(onChange).toHaveBeenLastCalledWith({ window: { low: 200, high: 800 } });
  });

  it("check no preset once the window is the reader's own", () => {
    const settings = { ...LOADED, window: { low: 3, high: 77 } };
    render(<WindowControl settings={settings} onChange={vi.fn()} />);
    for (const radio of screen.getAllByRole("radio")) expect(radio).not.toBeChecked();
  });
});
