/**
 * The page: who acts, and where one is (#/c/<channel>, #/c/<channel>/t/<ts>, #/home).
 * Everything drawn follows from the store and the route.
 */
import { h } from "./dom.js";
import { Clock } from "./clock.js";
import { Dialogs } from "./dialogs.js";
import { Middle } from "./middle.js";
import { Notices } from "./notices.js";
import { Pane } from "./pane.js";
import { Sidebar } from "./sidebar.js";
import { Store } from "./store.js";
import "./theme.js";

const by = (id) => document.getElementById(id);

class App {
  constructor() {
    this.store = new Store();
    this.route = { kind: "channel", id: null, thread: null };
    this.page = by("app");
    this.clock = new Clock(this);
    this.sidebar = new Sidebar(this, by("sidebar"), this.clock);
    this.middle = new Middle(this, by("main"), by("live"));
    this.pane = new Pane(this, by("pane"));
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
    this.middle.note("Opening the workspace…", "status");
    const wanted = new URLSearchParams(location.search).get("as");
    for (;;) {
      try {
        await this.store.start(wanted);
        break;
      } catch (reason) {
        this.middle.note(`${reason.message} Trying again…`, "alert");
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
    this.middle.forget();
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
    this.pane.wantsFocus = true;
  }

  closeThread() {
    const { id, thread } = this.route;
    location.hash = `#/c/${id}`;
    this.middle.focusThreadLine(thread);
  }

  channelTitle(channel) {
    if (channel.kind !== "im") return channel.name;
    if (this.store.isAppChannel(channel)) return this.store.ws.app.name;
    const known = channel.members ?? this.store.ws.channels.find((one) => one.id === channel.id)?.members ?? [];
    const other = this.store.member(known.find((id) => id !== this.store.me));
    return other?.real_name || other?.name || channel.name;
  }

  focusComposer() {
    this.middle.focus();
  }

  key(event) {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (document.documentElement.classList.contains("nav-open")) this.closeNav();
    else if (this.pane.holdsThread(event.target)) this.closeThread();
  }

  openNav() {
    document.documentElement.classList.add("nav-open");
    by("sidebar").querySelector("[aria-current], a")?.focus();
  }

  closeNav() {
    document.documentElement.classList.remove("nav-open");
  }

  toggleWebsite() {
    this.pane.websiteOpen = !this.pane.websiteOpen;
    this.closeNav();
    this.render();
  }

  render() {
    if (!this.store.ws || !this.store.me) return;
    this.settleRoute();
    this.sidebar.render();
    this.clock.tick();
    if (this.store.view) {
      this.middle.render(this.route);
      this.pane.render(this.route);
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
    const { list } = thread ? this.pane : this.middle;
    list?.toBottom();
    if (!thread && text.startsWith("/")) return this.store.act({ do: "command", channel, text });
    return this.store.act({ do: "say", channel, text, ...(thread ? { thread_ts: thread } : {}) });
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

new App().start();
