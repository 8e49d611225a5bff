/** The markdown block: headings, lists, quotes, code, tables, emphasis, links. Unknown syntax stays text. */
import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { link, nameOf } from "./mrkdwn.js";

export function markdown(text, ctx) {
  const lines = String(text ?? "").replaceAll("\r", "").split("\n");
  return h("div", { class: "markdown" }, parse(lines, ctx));
}

const RULES = [fence, heading, rule, quote, list, grid, paragraph];

function parse(lines, ctx) {
  const out = [];
  let at = 0;
  while (at < lines.length) {
    if (!lines[at].trim()) {
      at += 1;
      continue;
    }
    for (const read of RULES) {
      const found = read(lines, at, ctx);
      if (!found) continue;
      out.push(found.node);
      at = found.next;
      break;
    }
  }
  return out;
}

function fence(lines, at) {
  if (!/^\s*```/.test(lines[at])) return null;
  let end = at + 1;
  while (end < lines.length && !/^\s*```\s*$/.test(lines[end])) end += 1;
  return { node: h("pre", { class: "code-block", tabindex: "0" }, lines.slice(at + 1, end).join("\n")), next: end + 1 };
}

function heading(lines, at, ctx) {
  const match = /^(#{1,6})\s+(.*?)\s*#*$/.exec(lines[at]);
  return match && { node: h(`h${Math.min(match[1].length + 2, 6)}`, { class: "md-heading" }, inline(match[2], ctx)), next: at + 1 };
}

function rule(lines, at) {
  return /^\s*([-*_])(\s*\1){2,}\s*$/.test(lines[at]) ? { node: h("hr"), next: at + 1 } : null;
}

function quote(lines, at, ctx) {
  let end = at;
  while (end < lines.length && /^\s*>/.test(lines[end])) end += 1;
  if (end === at) return null;
  return { node: h("blockquote", {}, parse(lines.slice(at, end).map((line) => line.replace(/^\s*> ?/, "")), ctx)), next: end };
}

const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;

function list(lines, at, ctx) {
  const first = ITEM.exec(lines[at]);
  if (!first) return null;
  const depth = first[1].length;
  const ordered = /\d/.test(first[2]);
  const items = [];
  let next = at;
  for (; next < lines.length && lines[next].trim(); next += 1) {
    const match = ITEM.exec(lines[next]);
    if (match && match[1].length < depth) break;
    if (match && match[1].length <= depth + 1) items.push({ text: match[3], below: [] });
    else items.at(-1).below.push(lines[next]);
  }
  const start = ordered ? Number.parseInt(first[2], 10) : null;
  const nodes = items.map((item) => h("li", {}, check(item.text, ctx), item.below.length ? parse(item.below, ctx) : null));
  return { node: h(ordered ? "ol" : "ul", { start: start > 1 ? start : null }, nodes), next };
}

function check(text, ctx) {
  const match = /^\[([ xX])\]\s+(.*)$/.exec(text);
  if (!match) return inline(text, ctx);
  return [match[1] === " " ? "☐ " : "☑ ", inline(match[2], ctx)];
}

const cells = (line) => line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());

function grid(lines, at, ctx) {
  if (!lines[at].includes("|") || !/^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/.test(lines[at + 1] ?? "")) return null;
  let next = at + 2;
  const body = [];
  while (next < lines.length && lines[next].includes("|")) {
    body.push(h("tr", {}, cells(lines[next]).map((cell) => h("td", {}, inline(cell, ctx)))));
    next += 1;
  }
  const head = h("tr", {}, cells(lines[at]).map((cell) => h("th", { scope: "col" }, inline(cell, ctx))));
  return { node: h("div", { class: "table-scroll", tabindex: "0", role: "region", aria: { label: "Table" } }, h("table", {}, h("thead", {}, head), h("tbody", {}, body))), next };
}

function paragraph(lines, at, ctx) {
  let next = at + 1;
  while (next < lines.length && lines[next].trim() && !RULES.slice(0, 5).some((one) => one(lines, next, ctx))) next += 1;
  const rows = lines.slice(at, next).flatMap((line, i) => (i ? [h("br"), ...inline(line.trim(), ctx)] : inline(line.trim(), ctx)));
  return { node: h("p", {}, rows), next };
}

const INLINE = /(`[^`]+`)|\[([^\]]+)\]\(([^)\s]+)\)|(\*\*|__)(?=\S)(.+?)\4|(\*|_)(?=\S)(.+?)\6(?!\w)|~~(.+?)~~|(https?:\/\/[^\s<>)]+)|:([a-z0-9_+-]+):|<@([A-Z0-9]+)>|\\([\\`*_~[\]#>])/i;

function inline(text, ctx, depth = 0) {
  const out = [];
  let rest = text;
  while (rest) {
    const match = depth < 6 ? INLINE.exec(rest) : null;
    if (!match) break;
    if (match.index) out.push(rest.slice(0, match.index));
    out.push(span(match, ctx, depth));
    rest = rest.slice(match.index + match[0].length);
  }
  if (rest) out.push(rest);
  return out;
}

function span(match, ctx, depth) {
  const [whole, code, label, url, , bold, , italic, strike, bare, shortcode, user, escaped] = match;
  if (code) return h("code", {}, code.slice(1, -1));
  if (url) return link(url, null, h("span", {}, inline(label, ctx, depth + 1))) ?? whole;
  if (bold) return h("strong", {}, inline(bold, ctx, depth + 1));
  if (italic) return h("em", {}, inline(italic, ctx, depth + 1));
  if (strike) return h("s", {}, inline(strike, ctx, depth + 1));
  if (bare) return link(bare, bare) ?? whole;
  if (shortcode) return emoji(shortcode) ?? whole;
  if (user) return h("span", { class: "mention" }, `@${nameOf(ctx.members.get(user)) ?? user}`);
  return escaped ?? whole;
}
