import { Moon, Sun } from "lucide-react";
import { useTheme } from "../lib/use-theme";

export function ThemeToggle() {
  const { theme, toggleTheme } = useTheme();
  const next = theme === "dark" ? "light" : "dark";
  const Icon = next === "dark" ? Moon : Sun;
  return (
    <button
      type="button"
      onClick={toggleTheme}
      aria-label={`Switch to the ${next} theme`}
      title={`Switch to the ${next} theme`}
      className="-mr-2.5 grid size-10 shrink-0 place-items-center rounded-control text-ink-soft transition-colors hover:bg-raised hover:text-ink pointer-coarse:size-11"
    >
      <Icon aria-hidden className="size-4.5" />
    </button>
  );
}
