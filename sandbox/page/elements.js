/**
 * The interactive elements of Block Kit. Each builder takes (element, block,
 * surface, field): field says how it is labelled and whether changing it tells
 * the app at once ({labelledBy?, label?, describedBy?, invalid?, required?, dispatch}).
 */
import { h, uid } from "./dom.js";
import { combobox } from "./combobox.js";
import { icon } from "./icons.js";
import { plainString, textObject, link } from "./mrkdwn.js";
import { openMenu } from "./popup.js";
import { msToZoned, zonedToMs } from "./time.js";

const SETTLED = 500;

export function element(spec, block, surface, field) {
  const build = BUILDERS[spec.type];
  if (!build) return h("span", { class: "unknown" }, `This page cannot show a “${spec.type}”.`);
  return build(spec, block, surface, field);
}

const focusOf = (block, spec) => `${block.block_id}/${spec.action_id}`;

function naming(field) {
  return {
    label: field.labelledBy ? null : field.label,
    labelledby: field.labelledBy,
    describedby: field.describedBy,
    invalid: field.invalid ? "true" : null,
    required: field.required ? "true" : null,
  };
}

/** A value kept in the surface: [current, set(value)], telling the app when the field says so. */
function held(spec, block, surface, field, initial, { input = (value) => value, detail = (value) => ({ selected: input(value) }) } = {}) {
  const current = surface.value(block.block_id, spec.action_id, initial);
  surface.register(block.block_id, spec.action_id, input);
  const set = (value, tell = field.dispatch) => {
    surface.keep(block.block_id, spec.action_id, value);
    if (tell) surface.click(block.block_id, spec, detail(value));
  };
  return [current, set];
}

function button(spec, block, surface) {
  const name = spec.accessibility_label || null;
  const node = h(
    "button",
    {
      type: "button",
      class: `btn ${spec.style === "primary" ? "btn-primary" : spec.style === "danger" ? "btn-danger" : ""}`,
      data: { actionId: spec.action_id, focus: focusOf(block, spec) },
      aria: { label: name },
    },
    h("span", { class: "btn-text" }, textObject(spec.text, surface.text)),
    spec.url && icon("external", 14),
  );
  node.addEventListener("click", async () => {
    if (node.getAttribute("aria-busy") === "true") return;
    if (spec.url) openOutside(spec.url);
    node.setAttribute("aria-busy", "true");
    try {
      await surface.click(block.block_id, spec, spec.value === undefined ? {} : { value: spec.value });
    } finally {
      node.removeAttribute("aria-busy");
    }
  });
  return node;
}

/** Open a link with a safe scheme as a click on it would. */
function openOutside(url) {
  const anchor = link(url, "");
  if (!anchor) return;
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
}

function overflow(spec, block, surface, field) {
  const label = field.label || "More options";
  const node = h(
    "button",
    { type: "button", class: "btn btn-icon", data: { actionId: spec.action_id, focus: focusOf(block, spec) }, aria: { label, haspopup: "menu", expanded: "false" } },
    icon("more"),
  );
  node.addEventListener("click", () =>
    openMenu(
      node,
      label,
      spec.options.map((option) => ({
        label: plainString(option.text),
        note: option.description && plainString(option.description),
        run: () => {
          if (option.url) openOutside(option.url);
          surface.click(block.block_id, spec, { selected: option.value });
        },
      })),
    ),
  );
  return node;
}

const choice = (option, group) => ({
  value: option.value,
  text: plainString(option.text),
  note: option.description ? plainString(option.description) : undefined,
  group,
  option,
});

const choicesOf = ({ options, option_groups: groups }) =>
  groups?.length ? groups.flatMap((group) => group.options.map((one) => choice(one, plainString(group.label)))) : (options ?? []).map((one) => choice(one));

const CONVERSATION_KINDS = { im: "im", mpim: "im", private: "private", public: "channel" };

function people(surface) {
  return [...surface.text.members.values()]
    .filter((member) => !member.deleted)
    .map((member) => ({ value: member.id, text: member.real_name || member.name, note: member.title || undefined }));
}

function conversations(surface, kinds) {
  return [...surface.text.channels.values()]
    .filter((channel) => !kinds || kinds.includes(channel.kind))
    .map((channel) => ({ value: channel.id, text: channel.kind === "im" ? channel.label || channel.name : `#${channel.name}` }));
}

/** Where a select's choices come from, by the middle of its type: static, external, users, … */
const SOURCES = {
  static: (spec) => ({ choices: choicesOf(spec), initial: spec.initial_options ?? (spec.initial_option ? [spec.initial_option] : []) }),
  external: (spec, block, surface) => ({
    load: async (query) => choicesOf((await surface.options(block.block_id, spec.action_id, query)) ?? {}),
    initial: spec.initial_options ?? (spec.initial_option ? [spec.initial_option] : []),
  }),
  users: (spec, _block, surface) => ({ choices: people(surface), initial: ids(spec, "user") }),
  conversations: (spec, _block, surface) => ({
    choices: conversations(surface, spec.filter?.include?.map((kind) => CONVERSATION_KINDS[kind])),
    initial: ids(spec, "conversation"),
  }),
  channels: (spec, _block, surface) => ({ choices: conversations(surface, ["channel"]), initial: ids(spec, "channel") }),
};

const ids = (spec, noun) => spec[`initial_${noun}s`] ?? (spec[`initial_${noun}`] ? [spec[`initial_${noun}`]] : []);

function select(spec, block, surface, field) {
  const multiple = spec.type.startsWith("multi_");
  const kind = spec.type.replace("multi_", "").replace("_select", "");
  const source = SOURCES[kind](spec, block, surface);
  const initial = source.initial.map((one) =>
    typeof one === "string" ? (source.choices.find((other) => other.value === one) ?? { value: one, text: one }) : choice(one),
  );
  // an option goes as it came: the sandbox cannot know the words of one that was found by typing
  const input = (chosen) => (multiple ? chosen.map((one) => one.option ?? one.value) : (chosen[0]?.option ?? chosen[0]?.value ?? null));
  const [current, set] = held(spec, block, surface, field, initial, { input });
  return combobox({
    ...field,
    label: field.label || plainString(spec.placeholder) || "Choose",
    placeholder: plainString(spec.placeholder) || (multiple ? "Choose some" : "Choose one"),
    multiple,
    max: spec.max_selected_items,
    clearable: !field.required && !field.dispatch,
    choices: source.choices,
    load: source.load,
    minQuery: kind === "external" ? (spec.min_query_length ?? 3) : 0,
    selected: current,
    focusKey: focusOf(block, spec),
    onchange: (chosen) => {
      if (multiple || chosen.length) set(chosen);
      else set(chosen, false);
    },
  });
}

/** Native pickers settle for a moment before the app is told: each typed digit is a change of theirs. */
function picker(type, initialOf, toShown, fromShown) {
  return (spec, block, surface, field) => {
    const [current, set] = held(spec, block, surface, field, initialOf(spec));
    let timer = null;
    let told = current ?? null;
    const node = h("input", {
      type,
      class: "field field-short",
      value: toShown(current, surface.text.zone),
      data: { focus: focusOf(block, spec) },
      aria: { ...naming(field), label: field.labelledBy ? null : field.label || plainString(spec.placeholder) || "Pick" },
    });
    const settle = () => {
      clearTimeout(timer);
      const value = node.value ? fromShown(node.value, surface.text.zone) : null;
      if (value === told || (value === null && field.dispatch)) return;
      told = value;
      set(value);
    };
    node.addEventListener("input", () => {
      clearTimeout(timer);
      const value = node.value ? fromShown(node.value, surface.text.zone) : null;
      set(value, false);
      if (field.dispatch && !/^0/.test(node.value.slice(0, type === "time" ? 0 : 1))) timer = setTimeout(settle, SETTLED);
    });
    node.addEventListener("blur", () => field.dispatch && settle());
    node.addEventListener("keydown", (event) => event.key === "Enter" && field.dispatch && settle());
    return node;
  };
}

function options(kind) {
  return (spec, block, surface, field) => {
    const many = kind === "checkbox";
    const initial = many ? (spec.initial_options ?? []).map((one) => one.value) : (spec.initial_option?.value ?? null);
    const [current, set] = held(spec, block, surface, field, initial);
    const name = uid("group");
    let chosen = current;
    const change = (value, on) => {
      if (many) chosen = spec.options.map((one) => one.value).filter((one) => (one === value ? on : chosen.includes(one)));
      else chosen = value;
      set(chosen);
    };
    return h(
      "div",
      { class: "options", role: many ? "group" : "radiogroup", aria: { ...naming(field), required: null, label: field.labelledBy ? null : field.label || "Options" } },
      spec.options.map((option) => {
        const on = many ? current.includes(option.value) : current === option.value;
        const box = h("input", {
          type: kind,
          name,
          checked: on,
          data: { focus: `${focusOf(block, spec)}/${option.value}` },
          onchange: (event) => change(option.value, event.target.checked),
        });
        const note = option.description && h("span", { class: "option-note" }, textObject(option.description, surface.text));
        return h("label", { class: "choice" }, box, h("span", {}, textObject(option.text, surface.text), note));
      }),
    );
  };
}

function textInput(type) {
  return (spec, block, surface, field) => {
    const initial = spec.initial_value ?? "";
    const [current, set] = held(spec, block, surface, field, typeof initial === "string" ? initial : "", {
      detail: (value) => ({ value }),
    });
    const many = spec.multiline || type === "rich";
    const triggers = spec.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
    const node = h(many ? "textarea" : "input", {
      class: "field",
      type: many ? null : { number: "text", plain: "text" }[type] ?? type,
      inputmode: type === "number" ? (spec.is_decimal_allowed ? "decimal" : "numeric") : null,
      rows: many ? "4" : null,
      maxlength: spec.max_length,
      value: current,
      placeholder: plainString(spec.placeholder),
      autocomplete: "off",
      data: { focus: focusOf(block, spec) },
      aria: { ...naming(field), label: field.labelledBy ? null : field.label || plainString(spec.placeholder) || "Text" },
    });
    let timer = null;
    node.addEventListener("input", () => {
      set(node.value, false);
      clearTimeout(timer);
      if (field.dispatch && triggers.includes("on_character_entered")) timer = setTimeout(() => set(node.value), SETTLED);
    });
    node.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing || (many && !event.ctrlKey && !event.metaKey)) return;
      if (field.dispatch && triggers.includes("on_enter_pressed")) {
        event.preventDefault();
        event.stopPropagation();
        set(node.value);
      }
    });
    if (spec.focus_on_load) node.dataset.autofocus = "";
    return node;
  };
}

function iconButton(spec, block, surface) {
  return button({ ...spec, accessibility_label: plainString(spec.text) }, block, surface);
}

function feedback(spec, block, surface) {
  const choose = (one) => button({ type: "button", action_id: spec.action_id, text: one.text, value: one.value, accessibility_label: one.accessibility_label }, block, surface);
  return h("span", { class: "feedback" }, choose(spec.positive_button), choose(spec.negative_button));
}

const same = (value) => value ?? "";
const BUILDERS = {
  button,
  workflow_button: button,
  icon_button: iconButton,
  feedback_buttons: feedback,
  overflow,
  datepicker: picker("date", (spec) => spec.initial_date ?? null, same, (shown) => shown),
  timepicker: picker("time", (spec) => spec.initial_time ?? null, same, (shown) => shown),
  datetimepicker: picker(
    "datetime-local",
    (spec) => spec.initial_date_time ?? null,
    (value, zone) => (value ? msToZoned(value * 1000, zone) : ""),
    (shown, zone) => Math.round(zonedToMs(shown, zone) / 1000),
  ),
  radio_buttons: options("radio"),
  checkboxes: options("checkbox"),
  plain_text_input: textInput("plain"),
  email_text_input: textInput("email"),
  url_text_input: textInput("url"),
  number_input: textInput("number"),
  rich_text_input: textInput("rich"),
};
for (const kind of Object.keys(SOURCES)) {
  BUILDERS[`${kind}_select`] = select;
  BUILDERS[`multi_${kind}_select`] = select;
}
