import { Notice } from "../../components/notice";
import { describeConvention, type ViewSettings } from "../../domain/view-settings";
import { ConventionControl, MaskControl, MaskOpacity, WindowControl } from "./view-controls";

interface ViewPanelProps {
  settings: ViewSettings;
  onChange: (changes: Partial<ViewSettings>) => void;
  hasMask: boolean;
  /** Pictures of slices stand for the volume, and have fewer ways to be shown. */
  noVolume: boolean;
}

/** How the study is drawn, and which side is which, in words. */
export function ViewPanel({ settings, onChange, hasMask, noVolume }: ViewPanelProps) {
  const controls = { settings, onChange };
  return (
    <div className="space-y-5 border-t border-line p-5 text-sm leading-6 text-ink-soft sm:p-6">
      <p>{describeConvention(settings.convention, settings.plane)}</p>
      {noVolume && (
        <Notice kind="info">
          These are pictures of the axial slices: this browser shows no volume, for want of WebGL 2
          or because the viewer did not start.
        </Notice>
      )}
      {hasMask && <MaskControl {...controls} />}
      {!noVolume && (
        <>
          {hasMask && settings.plane !== "volume" && <MaskOpacity {...controls} />}
          <WindowControl {...controls} />
          {settings.plane !== "volume" && <ConventionControl {...controls} />}
        </>
      )}
    </div>
  );
}
