/** The blocks of Block Kit as elements of the page. Pure of state: what people fill in lives in the surface. */
import { h, uid } from "./dom.js";
import { chart } from "./charts.js";
import { element } from "./elements.js";
import { icon } from "./icons.js";
import { markdown } from "./markdown.js";
import { plainString, textObject } from "./mrkdwn.js";
import { richText } from "./richtext.js";
import { dataTable, table } from "./tables.js";

/** Draw a list of blocks on a surface. A block that cannot be drawn says so; the others stand. */
export function drawBlocks(blocks, surface) {
  return h("div", { class: `blocks blocks-${surface.kind}` }, (blocks ?? []).map((block) => drawBlock(block, surface)));
}

function drawBlock(block, surface) {
  const build = BUILDERS[block.type];
  let node;
  try {
    node = build ? build(block, surface) : unknown(block);
  } catch (reason) {
    console.error("A block could not be drawn", block, reason);
    node = unknown(block);
  }
  node.dataset.blockId = block.block_id ?? "";
  node.classList.add("block", `block-${block.type}`);
  return node;
}

const unknown = (block) => h("p", { class: "unknown" }, `This page cannot show a block of the kind “${block.type}”.`);

const INSIDE = { dispatch: true };

function header(block, surface) {
  const level = { 1: "h2", 2: "h3", 3: "h4" }[block.level] ?? "h3";
  return h(level, { class: "header-block" }, textObject(block.text, surface.text));
}

function section(block, surface) {
  const text = block.text && h("div", { class: "section-text" }, textObject(block.text, surface.text));
  const fields = block.fields?.length && h("div", { class: "section-fields" }, block.fields.map((field) => h("div", { class: "section-field" }, textObject(field, surface.text))));
  const label = plainString(block.text, surface.text).slice(0, 150);
  const accessory = block.accessory && h("div", { class: "accessory" }, accessoryNode(block, surface, label));
  return h("div", { class: accessory ? "has-accessory" : "" }, h("div", { class: "section-main" }, text, fields), accessory);
}

function accessoryNode(block, surface, label) {
  if (block.accessory.type === "image") return image(block.accessory, "accessory-image");
  return element(block.accessory, block, surface, { ...INSIDE, label: block.accessory.type === "overflow" ? null : label });
}

function actions(block, surface) {
  return h("div", { class: "actions", role: "group", aria: { label: "Actions" } }, block.elements.map((one) => element(one, block, surface, INSIDE)));
}

function context(block, surface) {
  return h(
    "div",
    { class: "context" },
    block.elements.map((one) => (one.type === "image" ? image(one, "context-image") : h("span", { class: "context-text" }, textObject(one, surface.text)))),
  );
}

function input(block, surface) {
  const label = uid("label");
  const hint = block.hint && uid("hint");
  const error = surface.errors[block.block_id];
  const errorId = error && uid("error");
  const field = {
    labelledBy: label,
    describedBy: [errorId, hint].filter(Boolean).join(" ") || null,
    invalid: Boolean(error),
    required: !block.optional,
    dispatch: Boolean(block.dispatch_action),
  };
  return h(
    "div",
    { class: error ? "has-error" : "" },
    h("div", { class: "input-label", id: label }, textObject(block.label, surface.text), block.optional && h("span", { class: "optional" }, " (optional)")),
    element(block.element, block, surface, field),
    error && h("p", { class: "input-error", id: errorId }, icon("error", 16), h("span", {}, error)),
    hint && h("p", { class: "input-hint", id: hint }, textObject(block.hint, surface.text)),
  );
}

/** Pictures come from this machine only; others are named, with a link, and never fetched. */
export function image(spec, className) {
  const source = spec.image_url ?? spec.slack_file?.url ?? "";
  const alt = spec.alt_text ?? "";
  const local = /^(data:image\/|\/(?!\/))/.test(source) || source.startsWith(`${location.origin}/`);
  if (local) return h("img", { class: className, src: source, alt, loading: "lazy" });
  return h("span", { class: `${className} image-elsewhere`, role: "img", aria: { label: alt }, title: source }, icon("eye", 16), h("span", {}, alt || "Picture"));
}

function imageBlock(block, surface) {
  return h("figure", { class: "image-block" }, block.title && h("figcaption", {}, textObject(block.title, surface.text)), image(block, "image-large"));
}

const LEVELS = { info: "Information", warning: "Warning", error: "Error", success: "Success" };

function alert(block, surface) {
  const level = block.level in LEVELS ? block.level : "default";
  return h(
    "div",
    { class: `alert alert-${level}`, role: level === "error" ? "alert" : "note", aria: { label: LEVELS[level] ?? "Note" } },
    icon(level === "default" ? "info" : level, 18),
    h("div", {}, textObject(block.text, surface.text)),
  );
}

function card(block, surface) {
  const text = (name) => block[name] && h("div", { class: `card-${name}` }, textObject(block[name], surface.text));
  return h(
    "div",
    { class: "card", role: "group", aria: { label: plainString(block.title, surface.text) || "Card" } },
    block.hero_image && image(block.hero_image, "card-hero"),
    h("div", { class: "card-head" }, block.icon && image(block.icon, "card-icon"), h("div", {}, text("title"), text("subtitle"))),
    text("body"),
    text("subtext"),
    block.actions?.length && h("div", { class: "actions" }, [block.actions].flat().map((one) => element(one, block, surface, INSIDE))),
  );
}

function carousel(block, surface) {
  const cards = block.elements.map((one) => drawBlock({ ...one, type: "card", block_id: one.block_id ?? block.block_id }, surface));
  return h("div", { class: "carousel", tabindex: "0", role: "group", aria: { label: "Cards" } }, cards);
}

function container(block, surface) {
  const children = (block.child_blocks ?? block.blocks ?? block.elements ?? []).map((one) => drawBlock(one, surface));
  return h("div", { class: "card" }, h("div", { class: "card-title" }, textObject(block.title, surface.text)), children);
}

const TASKS = { pending: "waiting", in_progress: "under way", complete: "done", error: "failed" };

function task(block, surface) {
  const body = [block.details, block.output].filter(Boolean).map((one) => richText(one, surface.text));
  return h("div", { class: "card" }, h("div", { class: "card-title" }, block.title, ` (${TASKS[block.status] ?? block.status})`), body);
}

function plan(block, surface) {
  return h("div", { class: "card" }, h("div", { class: "card-title" }, textObject(block.title, surface.text)), (block.tasks ?? []).map((one) => task(one, surface)));
}

const BUILDERS = {
  header,
  section,
  actions,
  context,
  context_actions: actions,
  divider: () => h("hr"),
  input,
  image: imageBlock,
  rich_text: (block, surface) => richText(block, surface.text),
  markdown: (block, surface) => markdown(block.text, surface.text),
  table: (block, surface) => table(block, surface.text),
  data_table: (block, surface) => dataTable(block, surface.text),
  data_visualization: (block) => chart(block),
  alert,
  card,
  carousel,
  container,
  task_card: task,
  plan,
};
