/**
 * The page: routes (#/c/<channel>, #/c/<channel>/t/<ts>, #/home), the middle and
 * the right-hand pane. Everything drawn follows from the store and the route.
 */
import { focusKey, h, replace, restoreFocus, uid } from "./dom.js";
import { drawBlocks } from "./blocks.js";
import { Clock } from "./clock.js";
import { Composer } from "./composer.js";
import { Dialogs } from "./dialogs.js";
import { icon } from "./icons.js";
import { MessageList, announcement, isReply } from "./messages.js";
import { Notices } from "./notices.js";
import { Sidebar } from "./sidebar.js";
import { Store } from "./store.js";
import { Surface } from "./surface.js";
import "./theme.js";

const by = (id) => document.getElementById(id);

class App {
  constructor() {
    this.store = new Store();
    this.route = { kind: "channel", id: null, thread: null };
    this.websiteOpen = false;
    this.page = by("app");
    this.clock = new Clock(this);
    this.sidebar = new Sidebar(this, by("sidebar"), this.clock);
    this.dialogs = new Dialogs(this, this.page, by("dialogs"));
    this.notices = new Notices(this, by("notices"), by("toasts"));
    this.store.onchange(() => this.render());
    window.addEventListener("hashchange", () => this.navigate());
    document.addEventListener("visibilitychange", () => this.render());
    by("scrim").addEventListener("click", () => this.closeNav());
    document.querySelector("[data-skip]").addEventListener("click", (event) => {
      event.preventDefault();
      this.focusComposer();
    });
    this.page.addEventListener("keydown", (event) => this.key(event));
  }

  async start() {
    replace(by("main"), h("p", { class: "boot", role: "status" }, "Opening the workspace…"));
    const wanted = new URLSearchParams(location.search).get("as");
    for (;;) {
      try {
        await this.store.start(wanted);
        break;
      } catch (reason) {
        replace(by("main"), h("p", { class: "boot", role: "alert" }, `${reason.message} Trying again…`));
        await new Promise((done) => setTimeout(done, 1500));
      }
    }
    this.rememberWho();
    this.navigate();
  }

  rememberWho() {
    const url = new URL(location.href);
    url.searchParams.set("as", this.store.me);
    history.replaceState(null, "", url);
  }

  actAs(id) {
    this.store.actAs(id);
    this.rememberWho();
    this.drawn = null;
    this.homeAsked = false;
    if (this.route.kind === "channel" && this.route.app) this.route = { kind: "channel", id: null, thread: null, app: true };
    this.render();
  }

  navigate() {
    const [kind, id, , thread] = location.hash.replace(/^#\/?/, "").split("/");
    if (kind === "home") this.route = { kind: "home", id: null, thread: null };
    else this.route = { kind: "channel", id: kind === "c" && id ? decodeURIComponent(id) : null, thread: thread ? decodeURIComponent(thread) : null };
    this.closeNav();
    this.render();
  }

  /** The conversation on screen; null in the App Home. */
  openChannelId() {
    return this.route.kind === "channel" ? this.route.id : null;
  }

  openThread(channel, ts) {
    location.hash = `#/c/${channel}/t/${ts}`;
    this.focusThread = true;
  }

  closeThread() {
    const { id, thread } = this.route;
    location.hash = `#/c/${id}`;
    const line = by("main").querySelector(`[data-focus="thread-${CSS.escape(thread)}"]`);
    if (line) line.focus();
    else this.focusComposer();
  }

  channelTitle(channel) {
    if (channel.kind !== "im") return channel.name;
    if (this.store.isAppChannel(channel)) return this.store.ws.app.name;
    const known = channel.members ?? this.store.ws.channels.find((one) => one.id === channel.id)?.members ?? [];
    const other = this.store.member(known.find((id) => id !== this.store.me));
    return other?.real_name || other?.name || channel.name;
  }

  focusComposer() {
    this.composer?.root.isConnected ? this.composer.focus() : by("main").focus();
  }

  key(event) {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (document.documentElement.classList.contains("nav-open")) this.closeNav();
    else if (this.route.thread && by("pane").contains(event.target)) this.closeThread();
  }

  openNav() {
    document.documentElement.classList.add("nav-open");
    by("sidebar").querySelector("[aria-current], a")?.focus();
  }

  closeNav() {
    document.documentElement.classList.remove("nav-open");
  }

  toggleWebsite() {
    this.websiteOpen = !this.websiteOpen;
    this.closeNav();
    this.render();
  }

  render() {
    if (!this.store.ws || !this.store.me) return;
    this.settleRoute();
    this.sidebar.render();
    this.clock.tick();
    if (this.store.view) {
      if (this.route.kind === "home") this.renderHome();
      else this.renderChannel();
      this.renderPane();
      this.markRead();
    }
    this.renderOffline();
    this.notices.render();
    this.dialogs.render();
    this.title();
  }

  /** A route to nowhere leads to the first channel. */
  settleRoute() {
    const { store, route } = this;
    if (!store.view || route.kind !== "channel") return;
    if (!store.channel(route.id)) {
      const fallback = route.app ? store.appChannel() : null;
      const inbound = store.view.channels.find((one) => one.name === "inbound");
      const first = fallback ?? inbound ?? store.view.channels[0];
      this.route = { kind: "channel", id: first?.id ?? null, thread: null };
      history.replaceState(null, "", `${location.pathname}${location.search}${first ? `#/c/${first.id}` : ""}`);
    }
    const here = store.channel(this.route.id);
    this.route.app = Boolean(here && store.isAppChannel(here));
  }

  /** Lay out the middle once per place; afterwards only its parts change. */
  stage(key, make) {
    if (this.drawn === key) return;
    this.drawn = key;
    make();
  }

  head(...content) {
    const menu = h("button", { type: "button", class: "tool nav-button", aria: { label: "Channels and people" }, onclick: () => this.openNav() }, icon("menu"));
    return h("header", { class: "main-head" }, menu, content);
  }

  renderChannel() {
    const channel = this.store.channel(this.route.id);
    if (!channel) {
      this.stage("none", () => replace(by("main"), this.head(), h("p", { class: "boot" }, "This member is in no channel yet.")));
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
    const title = this.channelTitle(channel);
    const name = channel.kind === "im" ? title : `#${title}`;
    const app = this.store.isAppChannel(channel);
    this.list = new MessageList(this, { label: `Messages in ${name}` });
    this.list.newFrom = firstUnread(channel);
    this.composer = new Composer(this, { id: "composer", ...this.composerSpec(channel, null, `Message ${name}`) });
    const members = (channel.members ?? this.store.ws.channels.find((one) => one.id === channel.id)?.members ?? []).length;
    const heading = h("h2", { class: "main-title" }, channel.kind === "im" ? null : icon(channel.kind === "private" ? "lock" : "hash", 18), title);
    const about = !app && members > 0 && h("span", { class: "main-note" }, `${members} member${members === 1 ? "" : "s"}`);
    replace(by("main"), this.head(heading, about, app && this.tabs("messages")), this.list.root, this.composer.root);
    this.composer.fit();
    this.lastSeen = channel.messages.at(-1)?.ts ?? "";
    this.list.toBottom();
  }

  /** What stands above the first message. */
  opening(channel) {
    const name = channel.kind === "im" ? this.channelTitle(channel) : `#${channel.name}`;
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

  composerSpec(channel, thread, label) {
    return {
      label,
      inThread: Boolean(thread),
      draftKey: `${this.store.me}/${channel.id}/${thread ?? ""}`,
      send: (text) => this.send(channel.id, thread, text),
      upload: (filename, content) => this.store.act({ do: "upload", channel: channel.id, filename, content, ...(thread ? { thread_ts: thread } : {}) }),
    };
  }

  send(channel, thread, text) {
    const list = thread ? this.threadList : this.list;
    list?.toBottom();
    if (!thread && text.startsWith("/")) return this.store.act({ do: "command", channel, text });
    return this.store.act({ do: "say", channel, text, ...(thread ? { thread_ts: thread } : {}) });
  }

  /** New messages of others are read out. */
  announce(channel, messages) {
    const fresh = messages.filter((one) => one.ts > this.lastSeen && one.user !== this.store.me);
    const last = messages.at(-1);
    if (last && last.ts > this.lastSeen) this.lastSeen = last.ts;
    if (fresh.length) by("live").textContent = fresh.slice(-3).map((one) => announcement(this.store, one)).join(". ");
  }

  renderHome() {
    const { store } = this;
    this.stage(`${store.me}/home`, () => {
      this.homeBody = h("div", { class: "home-body" });
      this.homeDrawn = null;
      this.composer = null;
      const heading = h("h2", { class: "main-title" }, store.ws.app.name);
      replace(by("main"), this.head(heading, this.tabs("home")), h("div", { class: "scroller home", tabindex: "0", role: "region", aria: { label: `${store.ws.app.name} Home` } }, this.homeBody));
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
      confirm: (spec) => this.dialogs.confirm(spec, text),
    });
    return drawBlocks(view.blocks, surface);
  }

  renderPane() {
    const pane = by("pane");
    const { thread } = this.route;
    const parent = thread && this.store.channel(this.route.id)?.messages.find((one) => one.ts === thread);
    if (parent) this.renderThread(pane, parent);
    else if (this.websiteOpen) this.renderWebsite(pane);
    else if (!pane.hidden) {
      pane.hidden = true;
      pane.replaceChildren();
      this.paneKey = null;
    }
    document.documentElement.classList.toggle("pane-open", !pane.hidden);
  }

  paneHead(pane, title, close) {
    const id = uid("pane");
    pane.setAttribute("aria-labelledby", id);
    return h("header", { class: "main-head" }, h("h2", { id, class: "main-title" }, title), h("button", { type: "button", class: "tool pane-close", aria: { label: `Close: ${title}` }, onclick: close }, icon("close")));
  }

  renderThread(pane, parent) {
    const channel = this.store.channel(this.route.id);
    const key = `${this.store.me}/${channel.id}/${parent.ts}`;
    if (this.paneKey !== key) {
      this.paneKey = key;
      pane.hidden = false;
      this.threadList = new MessageList(this, { inThread: true, label: "Thread" });
      this.threadComposer = new Composer(this, { id: "thread-composer", ...this.composerSpec(channel, parent.ts, "Reply in thread") });
      replace(pane, this.paneHead(pane, "Thread", () => this.closeThread()), this.threadList.root, this.threadComposer.root);
      this.threadComposer.fit();
    }
    const replies = channel.messages.filter((one) => one.thread_ts === parent.ts && one.ts !== parent.ts);
    this.threadList.render(channel, [parent, ...replies]);
    if (this.focusThread) {
      this.focusThread = false;
      this.threadComposer.focus();
    }
  }

  renderWebsite(pane) {
    if (this.paneKey === "website") return;
    this.paneKey = "website";
    pane.hidden = false;
    const frame = h("iframe", { class: "website", src: "/site/", title: "The company's website" });
    replace(pane, this.paneHead(pane, "The company's website", () => this.toggleWebsite()), frame);
  }

  /** What is on screen counts as read. */
  markRead() {
    const channel = this.store.channel(this.openChannelId());
    if (!channel || document.visibilityState !== "visible" || !(channel.unread || channel.mentions)) return;
    const key = `${this.store.me}/${channel.id}/${channel.messages.at(-1)?.ts}`;
    if (this.readSent === key) return;
    this.readSent = key;
    this.store.act({ do: "read", channel: channel.id }, { quiet: true });
  }

  renderOffline() {
    const { offline } = this.store;
    if (!offline) {
      this.banner?.remove();
      this.banner = null;
    } else if (!this.banner) {
      this.banner = h("p", { class: "offline", role: "alert" }, `${offline} Trying again…`);
      document.body.append(this.banner);
    }
  }

  title() {
    const { store } = this;
    const waiting = (store.view?.channels ?? []).reduce((sum, one) => sum + (one.mentions ?? 0), 0);
    const channel = store.channel(this.openChannelId());
    const place = channel ? (channel.kind === "im" ? this.channelTitle(channel) : `#${channel.name}`) : `${store.ws.app.name} Home`;
    const title = `${waiting ? `(${waiting}) ` : ""}${place} – ${store.ws.team.name}`;
    if (document.title !== title) document.title = title;
  }
}

function firstUnread(channel) {
  const top = channel.messages.filter((one) => !isReply(one) && !one.ephemeral);
  return channel.unread && channel.unread < top.length ? top[top.length - channel.unread].ts : null;
}

new App().start();
