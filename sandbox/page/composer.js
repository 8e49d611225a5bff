/** The message box: drafts by conversation, completion of commands and names, usage hints. */
import { h, replace, uid } from "./dom.js";
import { icon } from "./icons.js";
import { openMenu } from "./popup.js";

const MOST_SHOWN = 8;
const MOST_BYTES = 5_000_000;

/** spec: {label, draftKey, inThread, send(text), upload(name, text) → Promise<{ok, error}>}; `update` changes it in place. */
export class Composer {
  constructor(app, spec) {
    this.app = app;
    this.listId = uid("completion");
    this.found = [];
    this.active = 0;
    this.box = h("textarea", {
      class: "composer-box",
      id: spec.id,
      rows: "1",
      autocomplete: "off",
      data: { focus: spec.id },
      aria: { autocomplete: "list", controls: this.listId },
      oninput: () => this.typed(),
      onkeydown: (event) => this.key(event),
      onblur: () => this.hide(),
      onclick: () => this.typed(),
    });
    this.list = h("div", { class: "completion", role: "listbox", id: this.listId, hidden: true, aria: { label: "Suggestions" } });
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.hint = h("div", { class: "usage", id: uid("usage"), hidden: true });
    this.box.setAttribute("aria-describedby", this.hint.id);
    this.problem = h("p", { class: "composer-problem", role: "alert" });
    this.sendButton = h("button", { type: "button", class: "btn btn-primary send", aria: { label: "Send" }, onclick: () => this.send() }, icon("send", 18));
    this.bolt = h("button", { type: "button", class: "tool", title: "Commands and shortcuts", aria: { label: "Commands and shortcuts", haspopup: "menu", expanded: "false" }, onclick: () => this.menu() }, icon("bolt", 18));
    this.picker = h("input", { type: "file", hidden: true, onchange: () => this.attach() });
    this.clip = h("button", { type: "button", class: "tool", title: "Attach a file", aria: { label: "Attach a file" }, onclick: () => this.picker.click() }, icon("clip", 18));
    this.root = h(
      "div",
      { class: "composer" },
      this.list,
      this.hint,
      h("div", { class: "composer-frame" }, this.box, h("div", { class: "composer-bar" }, !spec.inThread && this.bolt, this.clip, this.picker, h("span", { class: "composer-tip" }, spec.inThread ? "Enter sends" : "Enter sends · / for commands"), this.sendButton)),
      this.problem,
    );
    this.update(spec);
  }

  update(spec) {
    const moved = this.spec?.draftKey !== spec.draftKey;
    this.spec = spec;
    this.box.setAttribute("aria-label", spec.label);
    this.box.placeholder = spec.label;
    if (!moved) return;
    this.box.value = this.app.store.drafts.get(spec.draftKey) ?? "";
    this.problem.textContent = "";
    this.fit();
    this.hide();
    this.usage();
    this.ready();
  }

  focus() {
    this.box.focus();
  }

  fit() {
    if (!this.box.isConnected) return;
    this.box.style.height = "auto";
    this.box.style.height = `${Math.min(this.box.scrollHeight, 220)}px`;
  }

  ready() {
    this.sendButton.disabled = !this.box.value.trim();
  }

  commands() {
    return this.app.store.ws.commands ?? [];
  }

  typed() {
    this.app.store.drafts.set(this.spec.draftKey, this.box.value);
    this.problem.textContent = "";
    this.fit();
    this.ready();
    this.usage();
    this.found = this.suggestions();
    this.active = 0;
    this.drawList();
  }

  suggestions() {
    const before = this.box.value.slice(0, this.box.selectionStart ?? 0);
    if (!this.spec.inThread && /^\/\S*$/.test(before) && before === this.box.value.trimEnd()) return this.commandMatches(before.toLowerCase());
    const word = /(?:^|\s)([@#])([\p{L}\p{N}._-]*)$/u.exec(before);
    if (!word) return [];
    return word[1] === "@" ? this.peopleMatches(word[2].toLowerCase()) : this.channelMatches(word[2].toLowerCase());
  }

  commandMatches(typed) {
    const all = this.commands();
    const starts = all.filter((one) => one.command.toLowerCase().startsWith(typed));
    const holds = all.filter((one) => !starts.includes(one) && one.command.toLowerCase().includes(typed.slice(1)));
    return [...starts, ...holds].slice(0, MOST_SHOWN).map((one) => ({
      name: one.command,
      hint: one.usage_hint,
      note: one.description,
      put: () => this.put(0, `${one.command} `),
      exact: one.command.toLowerCase() === typed,
    }));
  }

  peopleMatches(typed) {
    const fits = (one) => [one.name, one.real_name].some((name) => name?.toLowerCase().split(/\s/).some((part) => part.startsWith(typed)));
    return [...this.app.store.membersById().values()]
      .filter((one) => !one.deleted && fits(one))
      .slice(0, MOST_SHOWN)
      .map((one) => ({ name: one.real_name || one.name, note: one.title, put: () => this.putName(`@${one.real_name || one.name}`) }));
  }

  channelMatches(typed) {
    return (this.app.store.view?.channels ?? [])
      .filter((one) => one.kind !== "im" && one.name.startsWith(typed))
      .slice(0, MOST_SHOWN)
      .map((one) => ({ name: `#${one.name}`, put: () => this.putName(`#${one.name}`) }));
  }

  put(from, text) {
    const to = this.box.selectionStart;
    this.box.setRangeText(text, from, to, "end");
    this.box.focus();
    this.typed();
  }

  /** The name as people read it; the sandbox makes it a mention, as Slack does. */
  putName(shown) {
    const from = this.box.value.slice(0, this.box.selectionStart).search(/[@#][\p{L}\p{N}._-]*$/u);
    this.put(from, `${shown} `);
  }

  drawList() {
    if (!this.found.length) return this.hide();
    replace(this.list, this.found.map((one, i) => this.suggestion(one, i)));
    this.list.hidden = false;
    return this.mark();
  }

  suggestion(one, index) {
    return h(
      "div",
      {
        class: "suggestion",
        role: "option",
        id: `${this.listId}-${index}`,
        onclick: () => one.put(),
        onpointermove: () => {
          this.active = index;
          this.mark();
        },
      },
      h("span", { class: "suggestion-name" }, one.name),
      one.hint && h("span", { class: "suggestion-hint" }, one.hint),
      one.note && h("span", { class: "suggestion-note" }, one.note),
    );
  }

  mark() {
    [...this.list.children].forEach((node, i) => {
      node.classList.toggle("is-active", i === this.active);
      node.setAttribute("aria-selected", String(i === this.active));
    });
    this.box.setAttribute("aria-activedescendant", `${this.listId}-${this.active}`);
    this.list.children[this.active]?.scrollIntoView({ block: "nearest" });
  }

  hide() {
    this.found = [];
    this.list.hidden = true;
    this.box.removeAttribute("aria-activedescendant");
  }

  /** Below a typed command stands how it is used. */
  usage() {
    const command = /^(\/\S+)\s/.exec(this.box.value)?.[1]?.toLowerCase();
    const known = !this.spec.inThread && command && this.commands().find((one) => one.command.toLowerCase() === command);
    this.hint.hidden = !known;
    if (known) replace(this.hint, h("code", {}, known.command), " ", h("span", { class: "usage-hint" }, known.usage_hint ?? ""), h("span", { class: "usage-note" }, known.description ?? ""));
  }

  key(event) {
    if (event.isComposing) return;
    if (this.found.length && this.listKey(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    }
  }

  /** True when the key belonged to the open list of suggestions. */
  listKey(event) {
    const count = this.found.length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.active = (this.active + (event.key === "ArrowDown" ? 1 : count - 1)) % count;
      this.mark();
    } else if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey && !this.found[this.active].exact)) this.found[this.active].put();
    else if (event.key === "Escape") this.hide();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  async send() {
    const typed = this.box.value;
    const text = typed.trim();
    if (!text) return;
    if (this.spec.inThread && /^\/[a-z]/i.test(text) && this.commands().some((one) => text.split(/\s/)[0] === one.command)) {
      this.problem.textContent = "Slash commands do not work in threads. Send it from the channel.";
      return;
    }
    const { draftKey } = this.spec;
    this.hide();
    this.app.store.drafts.delete(draftKey);
    this.box.value = "";
    this.typed();
    const answer = await this.spec.send(text);
    if (answer.ok) return;
    // nothing typed is ever lost: it comes back, unless something new stands there
    if (!this.app.store.drafts.get(draftKey)) this.app.store.drafts.set(draftKey, typed);
    if (this.spec.draftKey !== draftKey || this.box.value) return;
    this.box.value = typed;
    this.fit();
    this.ready();
    this.problem.textContent = "Not sent. Your text is still here.";
  }

  /** A text file goes into the conversation at once (the sandbox takes text, such as CSV). */
  async attach() {
    const [file] = this.picker.files;
    this.picker.value = "";
    if (!file) return;
    if (file.size > MOST_BYTES) {
      this.problem.textContent = "The sandbox takes files of up to 5 MB.";
      return;
    }
    const answer = await this.spec.upload(file.name, await file.text());
    if (!answer.ok) this.problem.textContent = "The file was not sent.";
  }

  menu() {
    const { store } = this.app;
    const shortcuts = (store.ws.shortcuts ?? []).filter((one) => one.type === "global");
    const items = [
      ...shortcuts.map((one) => ({ label: one.name, note: store.ws.app.name, icon: "bolt", run: () => store.act({ do: "shortcut", callback_id: one.callback_id }) })),
      ...this.commands().map((one) => ({ label: one.command, note: one.description, run: () => this.begin(`${one.command} `) })),
    ];
    openMenu(this.bolt, "Commands and shortcuts", items, { above: true });
  }

  begin(text) {
    this.box.value = text;
    this.box.setSelectionRange(text.length, text.length);
    this.box.focus();
    this.typed();
  }
}
