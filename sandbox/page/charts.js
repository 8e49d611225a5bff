/**
 * Charts as inline SVG: bar, line, area, pie. Each is a picture with a sentence
 * as its name, a legend, and the same figures as a table underneath.
 */
import { h, s, uid } from "./dom.js";

const W = 560;
const H = 240;
const PAD = { top: 12, right: 14, bottom: 40, left: 58 };
const COLOURS = 6;

export function chart(block) {
  const spec = block.chart ?? {};
  const title = uid("chart");
  const draw = spec.type === "pie" ? pie : axes;
  const names = spec.type === "pie" ? spec.segments.map((one) => one.label) : spec.series.map((one) => one.name);
  const picture = draw(spec, `${block.title}. ${describe(spec)}`);
  return h(
    "figure",
    { class: `chart chart-${spec.type}`, aria: { labelledby: title } },
    h("figcaption", { id: title, class: "chart-title" }, block.title),
    h("div", { class: "chart-body" }, picture, (names.length > 1 || spec.type === "pie") && legend(spec, names)),
    h("details", { class: "chart-data" }, h("summary", {}, "Show the figures"), figures(spec, block.title)),
  );
}

const number = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 2 });
const compact = new Intl.NumberFormat("en-GB", { notation: "compact", maximumFractionDigits: 1 });
const kinds = { bar: "Bar chart", line: "Line chart", area: "Area chart", pie: "Pie chart" };
const total = (segments) => segments.reduce((sum, one) => sum + one.value, 0);
const share = (value, all) => `${Math.round((value / all) * 100)} %`;

/** The chart in one sentence. */
function describe(spec) {
  if (spec.type === "pie") {
    const all = total(spec.segments);
    return `${kinds.pie}: ${spec.segments.map((one) => `${one.label} ${number.format(one.value)} (${share(one.value, all)})`).join(", ")}.`;
  }
  const parts = spec.series.map((one) => `${one.name}: ${one.data.map((point) => `${point.label} ${number.format(point.value)}`).join(", ")}`);
  return `${kinds[spec.type] ?? "Chart"}. ${parts.join(". ")}.`;
}

/** Values by series, in the order of the categories. */
function valuesOf(series, categories) {
  const by = new Map(series.data.map((point) => [point.label, point.value]));
  return categories.map((label) => by.get(label) ?? 0);
}

const categoriesOf = (spec) => spec.axis_config?.categories ?? spec.series[0]?.data.map((point) => point.label) ?? [];

/** Round steps (1, 2, 5 × 10ⁿ) that cover the values and zero. */
function ticks(low, high) {
  const span = Math.max(high, 0) - Math.min(low, 0) || 1;
  const raw = span / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= raw);
  const from = Math.floor(Math.min(low, 0) / step);
  const to = Math.max(Math.ceil(Math.max(high, 0) / step), from + 1);
  return Array.from({ length: to - from + 1 }, (_, i) => (from + i) * step);
}

function axes(spec, name) {
  const categories = categoriesOf(spec);
  const rows = spec.series.map((one) => valuesOf(one, categories));
  const marks = ticks(Math.min(...rows.flat()), Math.max(...rows.flat()));
  const [low, high] = [marks[0], marks.at(-1)];
  const inner = { w: W - PAD.left - PAD.right, h: H - PAD.top - PAD.bottom };
  const slot = inner.w / Math.max(categories.length, 1);
  const scale = {
    x: (i) => PAD.left + slot * (i + 0.5),
    y: (value) => PAD.top + inner.h * (1 - (value - low) / (high - low)),
    slot,
  };
  const shapes = (spec.type === "bar" ? bars : lines)(spec, rows, scale, categories);
  return s(
    "svg",
    { class: "chart-svg", viewBox: `0 0 ${W} ${H}`, role: "img", aria: { label: name } },
    marks.map((mark) => [
      s("line", { class: mark === 0 ? "axis" : "grid", x1: PAD.left, x2: W - PAD.right, y1: scale.y(mark), y2: scale.y(mark) }),
      s("text", { class: "tick", x: PAD.left - 8, y: scale.y(mark) + 4, "text-anchor": "end" }, compact.format(mark)),
    ]),
    shapes,
    labels(categories, scale),
    axisTitles(spec.axis_config ?? {}),
  );
}

/** A label in two lines, broken where they are most alike in length; in one, if it is one word. */
function folded(label) {
  const words = label.split(" ");
  const breaks = words.slice(1).map((_, i) => [words.slice(0, i + 1).join(" "), words.slice(i + 1).join(" ")]);
  return breaks.sort((a, b) => Math.max(...a.map((line) => line.length)) - Math.max(...b.map((line) => line.length)))[0] ?? [label];
}

/** As many category labels as fit beside each other, in two lines where that helps. */
function labels(categories, scale) {
  const width = (lines) => Math.max(...lines.flat().map((line) => line.length), 1) * 6.5 + 10;
  const whole = categories.map((label) => [label]);
  const broken = categories.map(folded);
  const shown = width(whole) > scale.slot && width(broken) <= scale.slot ? broken : whole;
  const every = Math.max(1, Math.ceil(width(shown) / scale.slot));
  const text = (line, i, row) => s("text", { class: "tick", x: scale.x(i), y: H - PAD.bottom + 17 + 14 * row, "text-anchor": "middle" }, line);
  return shown.map((lines, i) => i % every === 0 && lines.map((line, row) => text(line, i, row)));
}

function axisTitles({ x_label: x, y_label: y }) {
  return [
    x && s("text", { class: "axis-title", x: (W + PAD.left - PAD.right) / 2, y: H - 5, "text-anchor": "middle" }, x),
    y && s("text", { class: "axis-title", x: 11, y: (H - PAD.bottom + PAD.top) / 2, "text-anchor": "middle", transform: `rotate(-90 11 ${(H - PAD.bottom + PAD.top) / 2})` }, y),
  ];
}

const colour = (i) => `series-${(i % COLOURS) + 1}`;
const tip = (name, label, value) => s("title", {}, `${name}, ${label}: ${number.format(value)}`);

function bars(spec, rows, scale, categories) {
  const group = scale.slot * 0.72;
  const width = Math.min(group / rows.length, 46);
  return rows.flatMap((values, r) =>
    values.map((value, i) => {
      const x = scale.x(i) - (width * rows.length) / 2 + r * width;
      const [top, foot] = [Math.min(scale.y(value), scale.y(0)), Math.max(scale.y(value), scale.y(0))];
      return s("rect", { class: `bar ${colour(r)}`, x: x + 1, y: top, width: Math.max(width - 2, 1), height: Math.max(foot - top, 1), rx: 2 }, tip(spec.series[r].name, categories[i], value));
    }),
  );
}

function lines(spec, rows, scale, categories) {
  return rows.map((values, r) => {
    const points = values.map((value, i) => `${scale.x(i)},${scale.y(value)}`);
    const floor = scale.y(0);
    const ends = [`${scale.x(0)},${floor}`, `${scale.x(values.length - 1)},${floor}`];
    return s(
      "g",
      { class: colour(r) },
      spec.type === "area" && s("polygon", { class: "area", points: [ends[0], ...points, ends[1]].join(" ") }),
      s("polyline", { class: "line", points: points.join(" ") }),
      values.map((value, i) => s("circle", { class: "dot", cx: scale.x(i), cy: scale.y(value), r: 3.5 }, tip(spec.series[r].name, categories[i], value))),
    );
  });
}

function pie(spec, name) {
  const all = total(spec.segments);
  const centre = 110;
  const radius = 96;
  let angle = -Math.PI / 2;
  const point = (at) => `${centre + radius * Math.cos(at)} ${centre + radius * Math.sin(at)}`;
  const slices = spec.segments.map((segment, i) => {
    const start = angle;
    angle += (segment.value / all) * Math.PI * 2;
    const words = s("title", {}, `${segment.label}: ${number.format(segment.value)} (${share(segment.value, all)})`);
    if (spec.segments.length === 1) return s("circle", { class: `slice ${colour(i)}`, cx: centre, cy: centre, r: radius }, words);
    const wide = angle - start > Math.PI ? 1 : 0;
    return s("path", { class: `slice ${colour(i)}`, d: `M${centre} ${centre} L${point(start)} A${radius} ${radius} 0 ${wide} 1 ${point(angle)} Z` }, words);
  });
  return s("svg", { class: "chart-svg chart-pie-svg", viewBox: "0 0 220 220", role: "img", aria: { label: name } }, slices);
}

function legend(spec, names) {
  const all = spec.type === "pie" ? total(spec.segments) : 0;
  return h(
    "ul",
    { class: "legend", aria: { label: "Legend" } },
    names.map((name, i) =>
      h("li", {}, h("span", { class: `swatch ${colour(i)}`, aria: { hidden: "true" } }), name, spec.type === "pie" && h("span", { class: "legend-value" }, ` ${share(spec.segments[i].value, all)}`)),
    ),
  );
}

function figures(spec, title) {
  const head = (cells) => h("tr", {}, cells.map((one) => h("th", { scope: "col" }, one)));
  const row = (label, values) => h("tr", {}, h("th", { scope: "row" }, label), values.map((value) => h("td", { class: "align-right" }, number.format(value))));
  const caption = h("caption", { class: "visually-hidden" }, title);
  if (spec.type === "pie") {
    return h("table", {}, caption, h("thead", {}, head(["Segment", "Value"])), h("tbody", {}, spec.segments.map((one) => row(one.label, [one.value]))));
  }
  const categories = categoriesOf(spec);
  const rows = spec.series.map((one) => valuesOf(one, categories));
  return h(
    "table",
    {},
    caption,
    h("thead", {}, head([spec.axis_config?.x_label || "", ...spec.series.map((one) => one.name)])),
    h("tbody", {}, categories.map((label, i) => row(label, rows.map((values) => values[i])))),
  );
}
