/**
 * The middle of the page: one conversation, or the app's Home. Laid out once per
 * place; afterwards only its parts change, so that focus and drafts stay.
 */
import { focusKey, h, replace, restoreFocus } from "./dom.js";
import { drawBlocks } from "./blocks.js";
import { Composer } from "./composer.js";
import { icon } from "./icons.js";
import { MessageList, announcement, isReply } from "./messages.js";
import { Surface } from "./surface.js";

export class Middle {
  constructor(app, root, live) {
    this.app = app;
    this.store = app.store;
    this.root = root;
    this.live = live;
  }

  /** Lay everything out anew at the next render. */
  forget() {
    this.drawn = null;
  }

  note(text, role) {
    replace(this.root, h("p", { class: "boot", role }, text));
  }

  focus() {
    this.composer?.root.isConnected ? this.composer.focus() : this.root.focus();
  }

  /** Put the focus back where a thread was opened from. */
  focusThreadLine(ts) {
    const line = this.root.querySelector(`[data-focus="thread-${CSS.escape(ts)}"]`);
    if (line) line.focus();
    else this.focus();
  }

  render(route) {
    if (route.kind === "home") this.renderHome();
    else this.renderChannel(this.store.channel(route.id));
  }

  /** Lay out the middle once per place; afterwards only its parts change. */
  stage(key, make) {
    if (this.drawn === key) return;
    this.drawn = key;
    make();
  }

  head(...content) {
    const menu = h("button", { type: "button", class: "tool nav-button", aria: { label: "Channels and people" }, onclick: () => this.app.openNav() }, icon("menu"));
    return h("header", { class: "main-head" }, menu, content);
  }

  renderChannel(channel) {
    if (!channel) {
      this.stage("none", () => replace(this.root, this.head(), h("p", { class: "boot" }, "This member is in no channel yet.")));
      return;
    }
    this.stage(`${this.store.me}/${channel.id}`, () => this.buildChannel(channel));
    const messages = channel.messages.filter((one) => !isReply(one) || one.broadcast);
    this.announce(channel, messages);
    this.list.render(channel, messages);
    const empty = messages.length === 0;
    if (this.list.wasEmpty !== empty) replace(this.list.top, this.opening(channel));
    this.list.wasEmpty = empty;
  }

  buildChannel(channel) {
    const title = this.app.channelTitle(channel);
    const name = channel.kind === "im" ? title : `#${title}`;
    const app = this.store.isAppChannel(channel);
    this.list = new MessageList(this.app, { label: `Messages in ${name}` });
    this.list.newFrom = firstUnread(channel);
    this.composer = new Composer(this.app, { id: "composer", ...this.app.composerSpec(channel, null, `Message ${name}`) });
    const members = (channel.members ?? this.store.ws.channels.find((one) => one.id === channel.id)?.members ?? []).length;
    const heading = h("h2", { class: "main-title" }, channel.kind === "im" ? null : icon(channel.kind === "private" ? "lock" : "hash", 18), title);
    const about = !app && members > 0 && h("span", { class: "main-note" }, `${members} member${members === 1 ? "" : "s"}`);
    replace(this.root, this.head(heading, about, app && this.tabs("messages")), this.list.root, this.composer.root);
    this.composer.fit();
    this.lastSeen = channel.messages.at(-1)?.ts ?? "";
    this.list.toBottom();
  }

  /** What stands above the first message. */
  opening(channel) {
    const name = channel.kind === "im" ? this.app.channelTitle(channel) : `#${channel.name}`;
    if (channel.has_more) return h("p", { class: "opening" }, "Only the newest messages are shown here.");
    if (!channel.messages.length && this.store.ws.website?.form_url && channel.kind !== "im") {
      return h(
        "div",
        { class: "opening" },
        h("p", { class: "opening-title" }, `Nothing has been written in ${name} yet.`),
        h("p", {}, "Send a form on ", h("a", { href: "/site/", target: "_blank", rel: "noopener" }, "the company's website"), " and see what the app makes of it, or type / to see its commands."),
      );
    }
    const text = channel.kind === "im" ? `This is the beginning of your conversation with ${name}.` : `This is the beginning of ${name}.`;
    return h("p", { class: "opening" }, text);
  }

  tabs(current) {
    const tab = (id, label, href) => h("a", { class: "tab", href, data: { focus: `tab-${id}` }, aria: { current: id === current ? "page" : null } }, label);
    const direct = this.store.appChannel();
    return h("nav", { class: "tabs", aria: { label: `${this.store.ws.app.name}: tabs` } }, tab("home", "Home", "#/home"), direct && tab("messages", "Messages", `#/c/${direct.id}`));
  }

  /** New messages of others are read out. */
  announce(channel, messages) {
    const fresh = messages.filter((one) => one.ts > this.lastSeen && one.user !== this.store.me);
    const last = messages.at(-1);
    if (last && last.ts > this.lastSeen) this.lastSeen = last.ts;
    if (fresh.length) this.live.textContent = fresh.slice(-3).map((one) => announcement(this.store, one)).join(". ");
  }

  renderHome() {
    const { store } = this;
    this.stage(`${store.me}/home`, () => {
      this.homeBody = h("div", { class: "home-body" });
      this.homeDrawn = null;
      this.composer = null;
      const heading = h("h2", { class: "main-title" }, store.ws.app.name);
      replace(this.root, this.head(heading, this.tabs("home")), h("div", { class: "scroller home", tabindex: "0", role: "region", aria: { label: `${store.ws.app.name} Home` } }, this.homeBody));
      store.act({ do: "home" });
    });
    const signature = JSON.stringify(store.view.home ?? null);
    if (this.homeDrawn === signature) return;
    this.homeDrawn = signature;
    const focused = focusKey(this.homeBody);
    replace(this.homeBody, store.view.home ? this.homeBlocks(store.view.home) : h("p", { class: "boot" }, "The app has nothing here yet."));
    restoreFocus(this.homeBody, focused);
  }

  homeBlocks(home) {
    const view = home.view ?? home;
    const text = this.store.textContext();
    const id = home.view_id ?? view.id;
    const surface = new Surface({
      id: `home/${this.store.me}`,
      kind: "home",
      ref: { view_id: id },
      text,
      act: (deed, how) => this.store.act(deed, how),
      confirm: (spec) => this.app.dialogs.confirm(spec, text),
    });
    return drawBlocks(view.blocks, surface);
  }
}

function firstUnread(channel) {
  const top = channel.messages.filter((one) => !isReply(one) && !one.ephemeral);
  return channel.unread && channel.unread < top.length ? top[top.length - channel.unread].ts : null;
}
