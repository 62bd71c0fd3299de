/* System, light or dark: kept in a cookie, so that the server writes it into the page and nothing flashes. */
const YEAR = 31_536_000;
const root = document.documentElement;

/** Which theme is chosen: system, light or dark. */
export const chosen = () => root.dataset.theme ?? "system";

/** Whether the page is dark at this moment. */
export const isDark = () => chosen() === "dark" || (chosen() === "system" && matchMedia("(prefers-color-scheme: dark)").matches);

/** Choose a theme. */
export function choose(theme) {
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  document.cookie = `baton_theme=${theme}; path=/; max-age=${YEAR}; samesite=lax`;
  mark();
  document.dispatchEvent(new CustomEvent("baton:theme", { detail: { dark: isDark() } }));
}

function mark() {
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === chosen()));
  }
}

export function startTheme() {
  mark();
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-theme-choice]");
    if (button) choose(button.dataset.themeChoice);
    const toggle = event.target.closest?.("[data-theme-toggle]");
    if (toggle) choose(isDark() ? "light" : "dark");
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    if (chosen() === "system") document.dispatchEvent(new CustomEvent("baton:theme", { detail: { dark: isDark() } }));
  });
}
