/**
 * One select for everything: one or many, from a list, from groups, or asked for
 * while the person types. A choice is {value, text, note?, group?}.
 */
import { h, uid } from "./dom.js";
import { icon } from "./icons.js";
import { layerOf, place } from "./popup.js";

const TYPING_PAUSE = 150;

/**
 * spec: {label?, labelledBy?, describedBy?, invalid?, required?, placeholder, multiple, max?, clearable,
 *        choices | load(query) → Promise<choices>, minQuery, selected: [choice], focusKey, onchange([choice])}
 */
export function combobox(spec) {
  return new Combobox(spec).root;
}

class Combobox {
  constructor(spec) {
    this.spec = spec;
    this.selected = [...spec.selected];
    this.shown = [];
    this.active = -1;
    this.asked = 0;
    this.listId = uid("list");
    this.list = null;
    this.input = this.makeInput();
    this.chips = h("span", { class: "combo-chips" });
    this.clear = this.makeClear();
    this.root = h("div", { class: "combo" }, this.chips, this.input, this.clear, icon("down", 16));
    this.root.addEventListener("pointerdown", (event) => {
      if (event.target.closest("button, input")) return;
      event.preventDefault();
      this.input.focus();
      this.open();
    });
    this.paint();
  }

  makeInput() {
    const { spec } = this;
    return h("input", {
      type: "text",
      role: "combobox",
      class: "combo-input",
      autocomplete: "off",
      spellcheck: "false",
      placeholder: spec.placeholder,
      data: { focus: spec.focusKey },
      aria: {
        expanded: "false",
        controls: this.listId,
        autocomplete: "list",
        label: spec.labelledBy ? null : spec.label || spec.placeholder,
        labelledby: spec.labelledBy,
        describedby: spec.describedBy,
        invalid: spec.invalid ? "true" : null,
        required: spec.required ? "true" : null,
      },
      onclick: () => this.open(),
      oninput: () => this.typed(),
      onkeydown: (event) => this.key(event),
      onblur: () => this.close(),
    });
  }

  makeClear() {
    return h(
      "button",
      {
        type: "button",
        class: "combo-clear",
        aria: { label: "Clear the choice" },
        onclick: () => {
          this.change([]);
          this.input.focus();
        },
      },
      icon("close", 14),
    );
  }

  paint() {
    if (this.spec.multiple) this.chips.replaceChildren(...this.selected.map((choice) => this.chip(choice)));
    this.showText();
  }

  /** The text in the box; the chips stay, since one of them may be under the pointer that closes the list. */
  showText() {
    const { multiple, clearable, placeholder } = this.spec;
    const [first] = this.selected;
    this.input.value = multiple ? "" : (first?.text ?? "");
    this.input.placeholder = multiple && first ? "" : placeholder;
    this.clear.hidden = multiple || !clearable || !first;
  }

  chip(choice) {
    const remove = () => {
      this.change(this.selected.filter((other) => other.value !== choice.value));
      this.input.focus();
    };
    return h(
      "span",
      { class: "chip" },
      choice.text,
      h("button", { type: "button", aria: { label: `Remove ${choice.text}` }, onclick: remove }, icon("close", 12)),
    );
  }

  change(selected) {
    this.selected = selected;
    this.paint();
    if (this.list) this.render();
    this.spec.onchange([...selected]);
  }

  open() {
    if (this.list) return;
    this.list = h("div", { class: "listbox", role: "listbox", id: this.listId, aria: { label: "Choices", multiselectable: this.spec.multiple ? "true" : null } });
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    layerOf(this.root).append(this.list);
    this.input.setAttribute("aria-expanded", "true");
    if (!this.spec.multiple) this.input.select();
    this.moved = () => this.list && place(this.list, this.root, { width: "anchor" });
    document.addEventListener("scroll", this.moved, true);
    window.addEventListener("resize", this.moved);
    this.fetch("");
  }

  close() {
    if (!this.list) return;
    this.asked += 1;
    this.list.remove();
    this.list = null;
    document.removeEventListener("scroll", this.moved, true);
    window.removeEventListener("resize", this.moved);
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.showText();
  }

  typed() {
    const query = this.input.value;
    if (!this.list) this.open();
    this.fetch(query);
  }

  fetch(query) {
    const { choices, load, minQuery = 0 } = this.spec;
    this.asked += 1;
    const mine = this.asked;
    if (!load) {
      const wanted = query.trim().toLowerCase();
      return this.show(choices.filter((choice) => `${choice.text} ${choice.note ?? ""}`.toLowerCase().includes(wanted)));
    }
    if (query.trim().length < minQuery) return this.tell(`Type at least ${minQuery} character${minQuery === 1 ? "" : "s"}.`);
    this.tell("Looking…");
    return setTimeout(() => this.ask(query, mine), query ? TYPING_PAUSE : 0);
  }

  async ask(query, mine) {
    if (mine !== this.asked || !this.list) return;
    try {
      const found = await this.spec.load(query);
      if (mine === this.asked && this.list) this.show(found);
    } catch (reason) {
      if (mine === this.asked && this.list) this.tell(reason.message);
    }
  }

  tell(sentence) {
    this.shown = [];
    this.active = -1;
    this.input.removeAttribute("aria-activedescendant");
    this.list.replaceChildren(h("div", { class: "listbox-note", role: "status" }, sentence));
    place(this.list, this.root, { width: "anchor" });
  }

  show(choices) {
    if (!choices.length) return this.tell("Nothing matches.");
    this.shown = choices;
    const chosen = choices.findIndex((choice) => choice.value === this.selected[0]?.value);
    this.active = this.spec.multiple ? 0 : Math.max(chosen, 0);
    return this.render();
  }

  render() {
    const groups = new Map();
    this.shown.forEach((choice, index) => {
      const group = choice.group ?? "";
      groups.set(group, [...(groups.get(group) ?? []), this.option(choice, index)]);
    });
    this.list.replaceChildren(
      ...[...groups].flatMap(([name, options]) =>
        name ? [h("div", { role: "group", aria: { label: name } }, h("div", { class: "listbox-group", aria: { hidden: "true" } }, name), options)] : options,
      ),
    );
    place(this.list, this.root, { width: "anchor" });
    this.mark();
  }

  option(choice, index) {
    const chosen = this.selected.some((other) => other.value === choice.value);
    return h(
      "div",
      {
        class: "option",
        role: "option",
        id: `${this.listId}-${index}`,
        data: { index, value: choice.value },
        aria: { selected: String(chosen) },
        onclick: () => this.pick(index),
        onpointermove: () => {
          if (this.active === index) return;
          this.active = index;
          this.mark(false);
        },
      },
      h("span", { class: "option-text" }, choice.text, choice.note && h("span", { class: "option-note" }, choice.note)),
      chosen && icon("check", 16),
    );
  }

  mark(scroll = true) {
    for (const node of this.list.querySelectorAll(".option")) {
      const on = Number(node.dataset.index) === this.active;
      node.classList.toggle("is-active", on);
      if (!on) continue;
      this.input.setAttribute("aria-activedescendant", node.id);
      if (scroll) node.scrollIntoView({ block: "nearest" });
    }
  }

  pick(index) {
    const choice = this.shown[index];
    if (!choice) return;
    if (!this.spec.multiple) {
      this.selected = [choice];
      this.close();
      this.change([choice]);
      return;
    }
    const has = this.selected.some((other) => other.value === choice.value);
    const rest = this.selected.filter((other) => other.value !== choice.value);
    if (!has && this.spec.max && rest.length >= this.spec.max) return;
    this.active = index;
    this.change(has ? rest : [...rest, choice]);
  }

  key(event) {
    const count = this.shown.length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!this.list) this.open();
      else if (count) {
        this.active = (this.active + (event.key === "ArrowDown" ? 1 : count - 1)) % count;
        this.mark();
      }
    } else if (event.key === "Enter") {
      event.preventDefault();
      event.stopPropagation();
      if (!this.list) this.open();
      else this.pick(this.active);
    } else if (event.key === "Escape" && this.list) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if (event.key === "Backspace" && this.spec.multiple && !this.input.value && this.selected.length) {
      this.change(this.selected.slice(0, -1));
    }
  }
}
