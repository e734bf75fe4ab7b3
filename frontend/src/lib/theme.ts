export type Theme = "light" | "dark";

/** public/theme.js reads the same key before the first paint. */
const STORAGE_KEY = "brainai.theme";

export function readStoredTheme(): Theme | null {
  try {
    const stored = localStorage.getItem(STORAGE_KEY);
    return stored === "light" || stored === "dark" ? stored : null;
  } catch {
    return null;
  }
}

export function storeTheme(theme: Theme): void {
  try {
    localStorage.setItem(STORAGE_KEY, theme);
  } catch {
    // Storage may be blocked: the choice then lasts as long as the page.
  }
}

export function showTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
}
