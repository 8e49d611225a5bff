/**
 * Slack's mrkdwn → nodes. Only text nodes, and links whose scheme is known to be
 * harmless, ever come out; whatever is not understood stays visible as it was written.
 * Context: {members: Map, channels: Map, zone, now(), me, openChannel(id)}.
 */
import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { slackDate } from "./time.js";

const SAFE = /^(https?:|mailto:|tel:)/i;
const MAX_DEPTH = 6;

/** Slack escapes exactly three characters. */
export const decode = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** A text object ({type, text}) or string → nodes. */
export function textObject(object, ctx) {
  if (object === undefined || object === null) return [];
  if (typeof object === "string") return plain(object);
  return object.type === "mrkdwn" ? mrkdwn(object.text ?? "", ctx) : plain(object.text ?? "");
}

/** Plain text: emoji codes and line breaks, nothing else. */
export function plain(text) {
  return lines(withEmoji(text));
}

/** A text object as one string, for names and labels. */
export function plainString(object, ctx) {
  const box = h("span", {}, textObject(object, ctx ?? EMPTY));
  return box.textContent.trim();
}

const EMPTY = { members: new Map(), channels: new Map(), zone: "UTC", now: () => Date.now() };

/** mrkdwn with code blocks and quotes. */
export function mrkdwn(text, ctx) {
  const out = [];
  const parts = String(text).split(/```/);
  parts.forEach((part, index) => {
    const closed = index % 2 === 1 && index < parts.length - 1;
    if (closed) out.push(h("pre", { class: "code-block", tabindex: "0" }, decode(unlink(part).replace(/^\n|\n$/g, ""))));
    else out.push(...quotes(index % 2 === 1 ? `\`\`\`${part}` : trimBreaks(part, index, parts.length), ctx));
  });
  return out;
}

/** A code block stands on its own line: the breaks around it are its own. */
function trimBreaks(part, index, count) {
  let text = part;
  if (index > 0) text = text.replace(/^\n/, "");
  if (index < count - 1 && index + 1 < count - 1) text = text.replace(/\n$/, "");
  return text;
}

function quotes(text, ctx) {
  const out = [];
  let pending = [];
  let quoted = null;
  const flush = () => {
    if (quoted) out.push(h("blockquote", {}, inline(quoted.join("\n"), ctx)));
    else if (pending.length) out.push(...inline(pending.join("\n"), ctx));
    pending = [];
    quoted = null;
  };
  if (text === "") return out;
  for (const line of text.split("\n")) {
    const match = /^(?:&gt;|>)(?!&gt;&gt;) ?(.*)$/.exec(line);
    if (match) {
      if (!quoted) flush();
      quoted = [...(quoted ?? []), match[1]];
    } else {
      if (quoted) flush();
      pending.push(line);
    }
  }
  flush();
  return out;
}

const unlink = (text) => text.replace(/<([^<>|]*)(?:\|([^<>]*))?>/g, (_, target, label) => label ?? target);

const TOKEN = /(<[^<>\n]*>)|(`[^`\n]+`)|(:[a-z0-9_+'-]+(?:::skin-tone-\d)?:)|(\*[^*\n]+\*)|(_[^_\n]+_)|(~[^~\n]+~)|(\n)/gi;
const STYLES = { "*": "strong", _: "em", "~": "s" };

function inline(text, ctx, depth = 0) {
  const out = [];
  const pattern = new RegExp(TOKEN); // its own lastIndex: this function calls itself
  let last = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const node = token(match[0], match, text, ctx, depth);
    if (node === null) {
      pattern.lastIndex = match.index + 1; // what looked like a mark was none: look again right behind it
      continue;
    }
    out.push(decode(text.slice(last, match.index)), node);
    last = match.index + match[0].length;
  }
  out.push(decode(text.slice(last)));
  return out.filter((part) => part !== "");
}

function token(whole, match, text, ctx, depth) {
  const first = whole[0];
  if (first === "\n") return h("br");
  if (first === "<") return entity(whole.slice(1, -1), ctx);
  if (first === "`") return h("code", {}, decode(unlink(whole.slice(1, -1))));
  if (first === ":") return emojiNode(whole.slice(1, -1));
  return styled(whole, match, text, ctx, depth);
}

/** *bold*, _italic_, ~strike~ count only at the edges of words and without spaces inside their marks. */
function styled(whole, match, text, ctx, depth) {
  const before = text[match.index - 1] ?? " ";
  const after = text[match.index + whole.length] ?? " ";
  const inner = whole.slice(1, -1);
  const edge = /[\s\p{P}\p{S}]/u;
  if (!edge.test(before) || !edge.test(after) || inner.trim() !== inner || depth > MAX_DEPTH) return null;
  return h(STYLES[whole[0]], {}, inline(inner, ctx, depth + 1));
}

function emojiNode(code) {
  const character = emoji(code);
  if (character) return h("span", { class: "emoji", role: "img", title: `:${code}:`, aria: { label: code.replaceAll("_", " ") } }, character);
  return null;
}

function entity(body, ctx) {
  const bar = body.indexOf("|");
  const target = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? null : decode(body.slice(bar + 1));
  if (target.startsWith("@")) return mention(target.slice(1), label, ctx);
  if (target.startsWith("#")) return channelLink(target.slice(1), label, ctx);
  if (target.startsWith("!date^")) return dateNode(target, label, ctx);
  if (target.startsWith("!subteam^")) return h("span", { class: "mention" }, label ?? "@group");
  if (target.startsWith("!")) return broadcast(target.slice(1).split("^")[0], label);
  return link(decode(target), label) ?? document.createTextNode(decode(`<${body}>`));
}

/** The name of a member as people read it, or undefined. */
export const nameOf = (member) => member?.real_name || member?.name;

function mention(id, label, ctx) {
  const name = nameOf(ctx.members.get(id)) ?? label?.replace(/^@/, "") ?? id;
  return h("span", { class: id === ctx.me ? "mention mention-me" : "mention", data: { user: id } }, `@${name}`);
}

function channelLink(id, label, ctx) {
  const channel = ctx.channels.get(id);
  const text = `#${channel?.name ?? label ?? id}`;
  if (!channel || !ctx.openChannel) return h("span", { class: "mention" }, text);
  return h("button", { type: "button", class: "mention mention-link", onclick: () => ctx.openChannel(id) }, text);
}

function broadcast(name, label) {
  if (["channel", "here", "everyone"].includes(name)) return h("span", { class: "mention mention-me", data: { broadcast: name } }, `@${name}`);
  return document.createTextNode(label ?? `<!${name}>`);
}

function dateNode(target, label, ctx) {
  const [, epoch, format, url] = target.split("^");
  const text = slackDate(epoch ?? "", decode(format ?? ""), ctx.zone, ctx.now());
  if (text === null) return document.createTextNode(label ?? "");
  const node = h("time", { datetime: new Date(Number(epoch) * 1000).toISOString(), title: label ?? undefined }, text);
  return (url && link(decode(url), null, node)) || node;
}

/** A link with a safe scheme that opens elsewhere, or null. */
export function link(url, label, content) {
  const target = url.trim();
  if (!SAFE.test(target)) return null;
  const mail = /^(mailto:|tel:)/i.test(target);
  return h(
    "a",
    { href: target, target: mail ? undefined : "_blank", rel: "noopener noreferrer" },
    content ?? label ?? target.replace(/^(mailto:|tel:)/i, ""),
  );
}

function withEmoji(text) {
  const out = [];
  let last = 0;
  for (const match of String(text).matchAll(/:[a-z0-9_+'-]+:/gi)) {
    const node = emojiNode(match[0].slice(1, -1));
    if (!node) continue;
    out.push(text.slice(last, match.index), node);
    last = match.index + match[0].length;
  }
  out.push(String(text).slice(last));
  return out;
}

function lines(parts) {
  return parts.flatMap((part) =>
    typeof part === "string" ? part.split("\n").flatMap((line, i) => (i ? [h("br"), line] : [line])) : [part],
  );
}
