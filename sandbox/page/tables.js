/** table (plain grid) and data_table (caption, pages, sorting). */
import { h, replace } from "./dom.js";
import { richText } from "./richtext.js";

function cell(spec, ctx) {
  if (spec?.type === "rich_text") return richText(spec, ctx);
  return spec?.text ?? (spec?.value === undefined ? "" : String(spec.value));
}

export function table(block, ctx) {
  const settings = block.column_settings ?? [];
  const [head = [], ...body] = block.rows ?? [];
  const row = (tag, cells) => h("tr", {}, cells.map((one, i) => h(tag, { class: align(settings[i]), scope: tag === "th" ? "col" : null }, cell(one, ctx))));
  return scroller("Table", h("table", {}, h("thead", {}, row("th", head)), h("tbody", {}, body.map((cells) => row("td", cells)))));
}

const align = (setting) => [`align-${setting?.align ?? "left"}`, setting?.is_wrapped ? "wrapped" : ""].join(" ").trim();

const scroller = (label, ...content) => h("div", { class: "table-scroll", tabindex: "0", role: "region", aria: { label } }, content);

/** What a cell sorts by: its number, else its words. */
function sortKey(spec, ctx) {
  if (spec?.type === "raw_number") return Number(spec.value);
  return h("span", {}, cell(spec, ctx)).textContent.toLocaleLowerCase();
}

function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}

export function dataTable(block, ctx) {
  const [head = [], ...rows] = block.rows ?? [];
  const size = Math.max(1, block.page_size ?? 5);
  const state = { page: 0, column: -1, up: true };
  const root = h("div", { class: "data-table" });
  const numeric = head.map((_, i) => rows.length > 0 && rows.every((row) => row[i]?.type === "raw_number"));

  const sorted = () => {
    if (state.column < 0) return rows;
    const keyed = rows.map((row) => [sortKey(row[state.column], ctx), row]);
    return keyed.sort(([a], [b]) => (state.up ? compare(a, b) : compare(b, a))).map(([, row]) => row);
  };
  const sortBy = (column) => {
    state.up = state.column === column ? !state.up : true;
    Object.assign(state, { column, page: 0 });
    draw();
    root.querySelectorAll("th button")[column]?.focus();
  };
  const heading = (one, i) =>
    h(
      "th",
      { scope: "col", class: numeric[i] ? "align-right" : "", aria: { sort: state.column === i ? (state.up ? "ascending" : "descending") : "none" } },
      h("button", { type: "button", class: "sort", onclick: () => sortBy(i) }, cell(one, ctx), h("span", { class: "sort-mark", aria: { hidden: "true" } }, state.column === i ? (state.up ? "▲" : "▼") : "")),
    );
  const body = (one, i) =>
    i === block.row_header_column_index ? h("th", { scope: "row" }, cell(one, ctx)) : h("td", { class: numeric[i] ? "align-right" : "" }, cell(one, ctx));
  const turn = (step) => {
    state.page += step;
    draw();
  };
  const draw = () => {
    const from = state.page * size;
    const shown = sorted().slice(from, from + size);
    const grid = h(
      "table",
      {},
      h("caption", {}, block.caption ?? ""),
      h("thead", {}, h("tr", {}, head.map(heading))),
      h("tbody", {}, shown.map((row) => h("tr", {}, row.map(body)))),
    );
    replace(root, scroller(block.caption || "Table", grid), rows.length > size && pager(from, shown.length, rows.length, turn));
  };
  draw();
  return root;
}

function pager(from, count, total, turn) {
  const button = (label, step, off) => h("button", { type: "button", class: "btn btn-small", disabled: off, onclick: () => turn(step) }, label);
  return h(
    "div",
    { class: "pager" },
    button("Previous", -1, from === 0),
    h("span", { role: "status" }, `${from + 1}–${from + count} of ${total}`),
    button("Next", 1, from + count >= total),
  );
}
