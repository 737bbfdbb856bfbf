/** Light, dark, or as the system has it; remembered on this device. */

import { signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";
const NAME = "headgate.theme";
const THEMES: Theme[] = ["system", "light", "dark"];

export const theme = signal<Theme>("system");

export function startTheme(): void {
  const stored = localStorage.getItem(NAME);
  setTheme(THEMES.find((each) => each === stored) ?? "system");
}

export function nextTheme(): void {
  setTheme(THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? "system");
}

function setTheme(wanted: Theme): void {
  theme.value = wanted;
  if (wanted === "system") localStorage.removeItem(NAME);
  else localStorage.setItem(NAME, wanted);
  document.documentElement.dataset["theme"] = wanted;
}
