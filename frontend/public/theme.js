// Sets the theme before the first paint. src/lib/theme.ts reads and writes the same key.
(() => {
  let stored = null;
  try {
    stored = localStorage.getItem("brainai.theme");
  } catch {
    // Storage may be blocked: follow the system then.
  }
  const dark = stored
    ? stored === "dark"
    : window.matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
