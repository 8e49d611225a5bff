/**
 * Modals and confirmations. The topmost has the focus and keeps it; the page and
 * the dialogs below are inert. Closing gives the focus back to where it came from.
 */
import { focusKey, h, reconcile, restoreFocus, tabbables, uid } from "./dom.js";
import { drawBlocks } from "./blocks.js";
import { icon } from "./icons.js";
import { plainString, textObject } from "./mrkdwn.js";
import { Surface, forgetSurface } from "./surface.js";

export class Dialogs {
  constructor(app, page, root) {
    this.app = app;
    this.page = page;
    this.root = root;
    this.confirms = [];
    this.opener = null;
    root.addEventListener("keydown", (event) => this.key(event));
  }

  render() {
    const { view } = this.app.store;
    const modals = view?.modals ?? [];
    this.forget(new Set(modals.map((one) => one.view_id)));
    const items = modals.map((modal) => ({
      key: modal.view_id,
      signature: JSON.stringify([modal.view, modal.errors]),
      value: () => this.modal(modal),
    }));
    items.push(...this.confirms.map((one) => ({ key: one.id, signature: one.id, value: () => this.question(one) })));
    const before = this.topKey;
    if (!before && items.length) this.opener = document.activeElement;
    const focused = this.topNode() && focusKey(this.topNode());
    const scroll = this.topNode()?.querySelector(".dialog-body")?.scrollTop ?? 0;
    reconcile(this.root, items, (make) => make());
    this.topKey = items.at(-1)?.key ?? null;
    this.settle(before, focused, scroll);
  }

  settle(before, focused, scroll) {
    const nodes = [...this.root.children];
    nodes.forEach((node, i) => {
      node.inert = i < nodes.length - 1;
    });
    this.page.inert = nodes.length > 0;
    const top = this.topNode();
    if (!top) {
      if (before) this.giveBack();
      return;
    }
    if (this.topKey === before) {
      const body = top.querySelector(".dialog-body");
      if (body && body.scrollTop !== scroll) body.scrollTop = scroll;
      if (!top.contains(document.activeElement)) (focused && restoreFocus(top, focused)) || this.focusFirst(top);
      this.focusError(top);
    } else if (!top.contains(document.activeElement)) this.focusFirst(top);
  }

  /** A fresh error takes the focus to its field, once. */
  focusError(top) {
    if (!this.freshErrors) return;
    this.freshErrors = false;
    const field = top.querySelector(".has-error");
    if (!field) return;
    (tabbables(field)[0] ?? field).focus();
    field.scrollIntoView({ block: "nearest" });
  }

  topNode() {
    return this.root.lastElementChild;
  }

  giveBack() {
    if (this.opener?.isConnected && this.opener !== document.body) this.opener.focus();
    else this.app.focusComposer();
    this.opener = null;
  }

  focusFirst(top) {
    const inBody = tabbables(top.querySelector(".dialog-body") ?? top).filter((node) => !node.matches("a, [role=region], pre"));
    const target = top.querySelector("[data-autofocus]") ?? inBody[0] ?? top.querySelector(".dialog-foot button:last-child") ?? tabbables(top)[0];
    // A dialog opens at its top; what has the focus may be far below.
    target?.focus({ preventScroll: target.tagName === "BUTTON" });
  }

  forget(open) {
    for (const id of this.known ?? []) if (!open.has(id)) forgetSurface(id);
    this.known = open;
  }

  surface(modal) {
    const text = this.app.store.textContext();
    return new Surface({
      id: modal.view_id,
      kind: "modal",
      ref: { view_id: modal.view_id },
      text,
      errors: modal.errors,
      act: (deed, how) => this.app.store.act({ ...deed, ...(deed.do === "click" ? { state: this.stateOf(modal) } : {}) }, how),
      confirm: (spec) => this.confirm(spec, text),
    });
  }

  stateOf(modal) {
    return new Surface({ id: modal.view_id }).state(modal.view.blocks ?? []);
  }

  modal(modal) {
    const { view } = modal;
    const title = uid("title");
    const hasInput = (view.blocks ?? []).some((block) => block.type === "input");
    const close = () => this.closeModal(modal);
    const submit = (view.submit || hasInput) && h("button", { type: "submit", class: "btn btn-primary" }, plainString(view.submit) || "Submit");
    const form = h(
      "form",
      { class: "dialog", novalidate: true, role: "dialog", data: { viewId: modal.view_id, callbackId: view.callback_id }, aria: { modal: "true", labelledby: title } },
      h(
        "header",
        { class: "dialog-head" },
        h("h2", { id: title }, plainString(view.title)),
        h("button", { type: "button", class: "tool", aria: { label: "Close" }, onclick: close }, icon("close", 20)),
      ),
      h("div", { class: "dialog-body" }, drawBlocks(view.blocks, this.surface(modal))),
      h(
        "footer",
        { class: "dialog-foot" },
        h("span", { class: "dialog-app" }, this.app.store.ws.app.name),
        h("button", { type: "button", class: "btn", onclick: close }, plainString(view.close) || (submit ? "Cancel" : "Close")),
        submit,
      ),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit(modal, form);
    });
    return h("div", { class: "overlay" }, form);
  }

  async submit(modal, form) {
    if (form.getAttribute("aria-busy") === "true") return;
    this.freshErrors = true;
    form.setAttribute("aria-busy", "true");
    try {
      await this.app.store.act({ do: "submit", view_id: modal.view_id, state: this.stateOf(modal) });
    } finally {
      form.removeAttribute("aria-busy");
    }
  }

  closeModal(modal) {
    return this.app.store.act({ do: "close", view_id: modal.view_id });
  }

  /** Ask before something is done: resolves to true or false. */
  confirm(spec, text) {
    return new Promise((answer) => {
      const one = { id: uid("confirm"), spec, text };
      one.answer = (yes) => {
        this.confirms = this.confirms.filter((other) => other !== one);
        this.render();
        answer(yes);
      };
      this.confirms = [...this.confirms, one];
      this.render();
    });
  }

  question({ spec, text, answer }) {
    const title = uid("title");
    const body = uid("body");
    const style = spec.style === "danger" ? "btn-danger" : "btn-primary";
    return h(
      "div",
      { class: "overlay" },
      h(
        "div",
        { class: "dialog dialog-small", role: "alertdialog", aria: { modal: "true", labelledby: title, describedby: body } },
        h("header", { class: "dialog-head" }, h("h2", { id: title }, plainString(spec.title))),
        h("div", { class: "dialog-body", id: body }, textObject(spec.text, text)),
        h(
          "footer",
          { class: "dialog-foot" },
          h("button", { type: "button", class: "btn", data: { answer: "no" }, onclick: () => answer(false) }, plainString(spec.deny) || "Cancel"),
          h("button", { type: "button", class: `btn ${style}`, data: { answer: "yes" }, onclick: () => answer(true) }, plainString(spec.confirm) || "Yes"),
        ),
      ),
    );
  }

  key(event) {
    const top = this.topNode();
    if (!top) return;
    if (event.key === "Escape" && !event.defaultPrevented) {
      event.preventDefault();
      this.dismissTop();
    } else if (event.key === "Tab") this.trap(event, top);
  }

  dismissTop() {
    const asking = this.confirms.at(-1);
    if (asking) asking.answer(false);
    else {
      const modal = this.app.store.view?.modals?.at(-1);
      if (modal) this.closeModal(modal);
    }
  }

  trap(event, top) {
    const all = tabbables(top);
    const edge = event.shiftKey ? all[0] : all.at(-1);
    if (document.activeElement !== edge || !all.length) return;
    event.preventDefault();
    (event.shiftKey ? all.at(-1) : all[0]).focus();
  }
}

