/** Faces: initials on the member's colour, dark enough for white letters; the app has its hand. */
import { h } from "./dom.js";
import { icon } from "./icons.js";

const FALLBACK = ["#8a4b2a", "#0d5f56", "#5a4a8a", "#8a2f52", "#2f5a8a", "#5f6b1f"];

export function initials(name) {
  const words = String(name ?? "?").trim().split(/[\s._-]+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0] ?? "?"];
  return letters.map((word) => [...word][0]?.toLocaleUpperCase() ?? "").join("");
}

/** The colour, darkened until white on it has a contrast of 4.5. */
export function readable(colour) {
  const match = /^#?([0-9a-f]{6})$/i.exec(colour ?? "");
  if (!match) return FALLBACK[0];
  let rgb = [0, 2, 4].map((at) => Number.parseInt(match[1].slice(at, at + 2), 16));
  for (let i = 0; i < 20 && 1.05 / (luminance(rgb) + 0.05) < 4.5; i += 1) rgb = rgb.map((one) => Math.round(one * 0.92));
  return `rgb(${rgb.join(" ")})`;
}

function luminance(rgb) {
  const [r, g, b] = rgb.map((one) => {
    const part = one / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const hash = (text) => [...String(text)].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) >>> 0, 7);

export function avatar(member, { app = false, size = "" } = {}) {
  const props = { class: `avatar ${size}`, aria: { hidden: "true" } };
  if (app) return h("span", { ...props, class: `${props.class} avatar-app` }, icon("hand", size ? 14 : 24));
  const colour = member?.color ? readable(member.color) : FALLBACK[hash(member?.id) % FALLBACK.length];
  return h("span", { ...props, style: { background: colour } }, initials(member?.real_name || member?.name));
}
