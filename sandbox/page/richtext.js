/** rich_text blocks → nodes. Unknown elements show their text, if they have one. */
import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { link, nameOf } from "./mrkdwn.js";
import { slackDate } from "./time.js";

export function richText(block, ctx) {
  return h("div", { class: "rich" }, (block.elements ?? []).map((one) => part(one, ctx)));
}

function part(spec, ctx) {
  if (spec.type === "rich_text_list") return list(spec, ctx);
  const children = (spec.elements ?? []).map((one) => leaf(one, ctx));
  if (spec.type === "rich_text_preformatted") return h("pre", { class: "code-block", tabindex: "0" }, children);
  if (spec.type === "rich_text_quote") return h("blockquote", {}, children);
  return h("div", { class: "rich-section" }, children);
}

function list(spec, ctx) {
  const items = (spec.elements ?? []).map((one) => h("li", {}, part(one, ctx)));
  const props = { class: `rich-list indent-${Math.min(Number(spec.indent) || 0, 8)}`, start: spec.offset ? spec.offset + 1 : null };
  return h(spec.style === "ordered" ? "ol" : "ul", props, items);
}

function leaf(spec, ctx) {
  const node = (LEAVES[spec.type] ?? LEAVES.text)(spec, ctx);
  return style(node, spec.style ?? {});
}

function style(node, { bold, italic, strike, code, underline }) {
  let out = node;
  if (code) out = h("code", {}, out);
  if (bold) out = h("strong", {}, out);
  if (italic) out = h("em", {}, out);
  if (strike) out = h("s", {}, out);
  if (underline) out = h("u", {}, out);
  return out;
}

/** Line breaks in rich text are real: CSS keeps them (white-space: pre-wrap). */
const words = (text) => h("span", { class: "rich-text" }, text ?? "");

const LEAVES = {
  text: (spec) => words(spec.text),
  link: (spec) => link(String(spec.url ?? ""), spec.text ?? spec.url) ?? words(spec.text ?? spec.url),
  user: (spec, ctx) => h("span", { class: spec.user_id === ctx.me ? "mention mention-me" : "mention" }, `@${nameOf(ctx.members.get(spec.user_id)) ?? spec.user_id}`),
  channel: (spec, ctx) => h("span", { class: "mention" }, `#${ctx.channels.get(spec.channel_id)?.name ?? spec.channel_id}`),
  usergroup: () => h("span", { class: "mention" }, "@group"),
  broadcast: (spec) => h("span", { class: "mention mention-me" }, `@${spec.range}`),
  emoji: (spec) => h("span", { class: "emoji", role: "img", aria: { label: String(spec.name).replaceAll("_", " ") } }, emoji(String(spec.name)) ?? `:${spec.name}:`),
  date: (spec, ctx) => words(slackDate(String(spec.timestamp), spec.format ?? "{date}", ctx.zone, ctx.now()) ?? spec.fallback),
  color: (spec) => words(spec.value),
};
