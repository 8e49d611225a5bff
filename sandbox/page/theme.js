/** Light, dark, or as the system has it. Kept in this browser only. */
const KEY = "sandbox-theme";
const dark = window.matchMedia("(prefers-color-scheme: dark)");

function stored() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

export const isDark = () => (stored() ? stored() === "dark" : dark.matches);

export function applyTheme() {
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
}

export function toggleTheme() {
  const next = isDark() ? "light" : "dark";
  try {
    // what the system wants needs no note of its own
    if ((next === "dark") === dark.matches) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, next);
  } catch {
    document.documentElement.dataset.theme = next;
    return;
  }
  applyTheme();
}

dark.addEventListener("change", applyTheme);
applyTheme();
