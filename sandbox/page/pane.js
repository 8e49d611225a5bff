/** The right-hand pane: a thread with its message box, or the company's website. */
import { h, replace, uid } from "./dom.js";
import { Composer } from "./composer.js";
import { icon } from "./icons.js";
import { MessageList } from "./messages.js";

export class Pane {
  constructor(app, root) {
    this.app = app;
    this.root = root;
    this.websiteOpen = false;
  }

  /** Whether something that happened, happened in a thread. */
  holdsThread(target) {
    return Boolean(this.app.route.thread) && this.root.contains(target);
  }

  render({ id, thread }) {
    const pane = this.root;
    const channel = this.app.store.channel(id);
    const parent = thread && channel?.messages.find((one) => one.ts === thread);
    if (parent) this.renderThread(channel, parent);
    else if (this.websiteOpen) this.renderWebsite();
    else if (!pane.hidden) {
      pane.hidden = true;
      pane.replaceChildren();
      this.drawn = null;
    }
    document.documentElement.classList.toggle("pane-open", !pane.hidden);
  }

  head(title, close) {
    const id = uid("pane");
    this.root.setAttribute("aria-labelledby", id);
    return h("header", { class: "main-head" }, h("h2", { id, class: "main-title" }, title), h("button", { type: "button", class: "tool pane-close", aria: { label: `Close: ${title}` }, onclick: close }, icon("close")));
  }

  renderThread(channel, parent) {
    const key = `${this.app.store.me}/${channel.id}/${parent.ts}`;
    if (this.drawn !== key) {
      this.drawn = key;
      this.root.hidden = false;
      this.list = new MessageList(this.app, { inThread: true, label: "Thread" });
      this.composer = new Composer(this.app, { id: "thread-composer", ...this.app.composerSpec(channel, parent.ts, "Reply in thread") });
      replace(this.root, this.head("Thread", () => this.app.closeThread()), this.list.root, this.composer.root);
      this.composer.fit();
    }
    const replies = channel.messages.filter((one) => one.thread_ts === parent.ts && one.ts !== parent.ts);
    this.list.render(channel, [parent, ...replies]);
    if (this.wantsFocus) {
      this.wantsFocus = false;
      this.composer.focus();
    }
  }

  renderWebsite() {
    if (this.drawn === "website") return;
    this.drawn = "website";
    this.root.hidden = false;
    const frame = h("iframe", { class: "website", src: "/site/", title: "The company's website" });
    replace(this.root, this.head("The company's website", () => this.app.toggleWebsite()), frame);
  }
}
