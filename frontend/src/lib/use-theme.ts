import { useEffect, useState, useSyncExternalStore } from "react";
import { readStoredTheme, showTheme, storeTheme, type Theme } from "./theme";

const DARK = "(prefers-color-scheme: dark)";

function subscribeToSystem(onChange: () => void): () => void {
  const query = window.matchMedia(DARK);
  query.addEventListener("change", onChange);
  return () => {
    query.removeEventListener("change", onChange);
  };
}

function readSystem(): Theme {
  return window.matchMedia(DARK).matches ? "dark" : "light";
}

/** The theme in force: the stored choice, else what the system asks for. */
export function useTheme(): { theme: Theme; toggleTheme: () => void } {
  const system = useSyncExternalStore(subscribeToSystem, readSystem);
  const [chosen, setChosen] = useState(readStoredTheme);
  const theme = chosen ?? system;

  useEffect(() => {
    showTheme(theme);
  }, [theme]);

  const toggleTheme = () => {
    const next = theme === "dark" ? "light" : "dark";
    storeTheme(next);
    setChosen(next);
  };
  return { theme, toggleTheme };
}
