/** The corner of the page: notifications (what rings) and toasts (what failed). */
import { h, reconcile } from "./dom.js";
import { icon } from "./icons.js";

const MOST = 3;
/** Milliseconds after which a toast has been read; it stands in front of the composer. */
const READ_AFTER = 20_000;

export class Notices {
  constructor(app, notices, toasts) {
    this.app = app;
    this.notices = notices;
    this.toasts = toasts;
    this.dismissed = new Set();
    this.standing = new Set();
  }

  render() {
    const { store } = this.app;
    this.renderToasts([...(store.view?.toasts ?? []), ...store.toasts]);
    this.renderNotices(this.waiting());
  }

  /** Notifications of the conversation that is being read ring nowhere and count as seen. */
  waiting() {
    const all = (this.app.store.view?.notifications ?? []).filter((one) => !this.dismissed.has(one.id));
    const reading = document.visibilityState === "visible" ? this.app.openChannelId() : null;
    for (const one of all.filter((other) => other.channel === reading)) this.dismiss(one.id);
    return all.filter((one) => one.channel !== reading);
  }

  renderToasts(all) {
    this.standing = new Set(all.map((one) => one.id));
    reconcile(this.toasts, all.slice(-5).map((one) => ({ key: one.id, signature: one.text, value: one })), (toast) => {
      setTimeout(() => this.standing.has(toast.id) && this.dropToast(toast), READ_AFTER);
      return h(
        "div",
        { class: "toast" },
        icon("warning", 18),
        h("span", { class: "toast-text" }, toast.text),
        h("button", { type: "button", class: "tool", aria: { label: "Dismiss" }, onclick: () => this.dropToast(toast) }, icon("close", 16)),
      );
    });
  }

  dropToast(toast) {
    if (toast.local) this.app.store.dropToast(toast.id);
    else this.app.store.act({ do: "dismiss", toast: toast.id });
  }

  renderNotices(all) {
    const items = all.slice(-MOST).reverse().map((one) => ({ key: one.id, signature: one.text, value: () => this.notice(one) }));
    if (all.length > 1) items.push({ key: "all", signature: String(all.length), value: () => this.clearAll(all) });
    reconcile(this.notices, items, (make) => make());
  }

  notice(one) {
    const channel = this.app.store.channel(one.channel);
    const where = channel?.kind === "im" ? this.app.channelTitle(channel) : `#${channel?.name ?? ""}`;
    return h(
      "div",
      { class: "notice", data: { notification: one.id } },
      h("button", { type: "button", class: "notice-open", onclick: () => this.open(one) }, h("span", { class: "notice-where" }, icon("bell", 16), where), h("span", { class: "notice-text" }, one.text)),
      h("button", { type: "button", class: "tool", aria: { label: "Dismiss the notification" }, onclick: () => this.dismiss(one.id, true) }, icon("close", 16)),
    );
  }

  clearAll(all) {
    const more = all.length - MOST;
    return h(
      "div",
      { class: "notice-more" },
      h("span", {}, more > 0 ? `and ${more} more` : ""),
      h("button", { type: "button", class: "btn btn-small", onclick: () => all.forEach((one) => this.dismiss(one.id, true)) }, "Dismiss all"),
    );
  }

  open(one) {
    this.dismiss(one.id, true);
    location.hash = `#/c/${one.channel}`;
  }

  dismiss(id, redraw = false) {
    if (this.dismissed.has(id)) return;
    this.dismissed.add(id);
    this.app.store.act({ do: "dismiss", notification: id }, { quiet: true });
    if (redraw) this.render();
  }
}
