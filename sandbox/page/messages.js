/** A list of messages: drawn once each, redrawn when they change, kept at the bottom when the reader is there. */
import { h, reconcile } from "./dom.js";
import { avatar } from "./avatar.js";
import { drawBlocks } from "./blocks.js";
import { icon } from "./icons.js";
import { mrkdwn, nameOf } from "./mrkdwn.js";
import { openMenu } from "./popup.js";
import { Surface } from "./surface.js";
import { fullDate, isoDay, longDay, nearDay, timeOfDay } from "./time.js";

const TOGETHER = 180_000;
const PAGE = 120;
const NEAR_BOTTOM = 60;

/** When it was written, in business time: that is the clock the people of the demo live by. Slack's `ts` is always real. */
const written = (message) => (message.at ?? Number(message.ts)) * 1000;
export const isReply = (message) => Boolean(message.thread_ts) && message.thread_ts !== message.ts;

/** One scrolling list; `inThread` leaves out what makes no sense there. */
export class MessageList {
  constructor(app, { inThread = false, label }) {
    this.app = app;
    this.inThread = inThread;
    this.shown = PAGE;
    this.newFrom = null;
    this.list = h("ol", { class: "messages", aria: { label } });
    this.earlier = h("button", { type: "button", class: "btn earlier", onclick: () => this.showEarlier() }, "Show earlier messages");
    this.top = h("div", { class: "list-top" });
    this.jump = h("button", { type: "button", class: "jump", hidden: true, onclick: () => this.toBottom() }, icon("arrowdown", 16), "New messages");
    this.scroller = h("div", { class: "scroller", tabindex: "0", role: "region", aria: { label } }, this.earlier, this.top, this.list);
    this.root = h("div", { class: "list-wrap" }, this.scroller, this.jump);
    this.atBottom = true;
    this.scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    new ResizeObserver(() => this.atBottom && this.toBottom()).observe(this.scroller);
    this.list.addEventListener("keydown", (event) => this.arrows(event));
  }

  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    this.atBottom = scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM;
    if (this.atBottom) this.jump.hidden = true;
  }

  toBottom() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.atBottom = true;
    this.jump.hidden = true;
  }

  showEarlier() {
    const before = this.scroller.scrollHeight - this.scroller.scrollTop;
    this.shown += PAGE;
    this.render(this.channel, this.messages);
    this.scroller.scrollTop = this.scroller.scrollHeight - before;
  }

  /** Up and down move between messages once one of them has the focus. */
  arrows(event) {
    if (event.target.closest("input, textarea, select") || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    const here = event.target.closest(".message");
    if (!here || event.target !== here) return;
    event.preventDefault();
    let next = here;
    do next = event.key === "ArrowUp" ? next.previousElementSibling : next.nextElementSibling;
    while (next && !next.classList.contains("message"));
    next?.focus();
  }

  render(channel, messages) {
    this.channel = channel;
    this.messages = messages;
    const visible = messages.slice(-this.shown);
    this.earlier.hidden = visible.length === messages.length;
    const items = this.items(channel, visible, replyCounts(channel));
    const last = this.list.lastElementChild?.dataset.key;
    reconcile(this.list, items, (make) => make());
    const grew = items.length > 0 && items.at(-1).key !== last;
    if (this.atBottom) this.toBottom();
    else if (grew && last) this.jump.hidden = false;
  }

  items(channel, visible, replies) {
    const zone = this.app.store.zone();
    const out = [];
    let previous = null;
    for (const message of visible) {
      const day = isoDay(written(message), zone);
      if (!previous || isoDay(written(previous), zone) !== day) {
        const name = dayName(message, zone, this.app.store.now());
        out.push({ key: `day-${day}`, signature: name, value: () => divider("day", name) });
        previous = null;
      }
      if (message.ts === this.newFrom) {
        out.push({ key: "new", signature: "new", value: () => divider("new-line", "New") });
        previous = null;
      }
      const compact = together(previous, message);
      const thread = this.inThread ? null : replies.get(message.ts);
      const focus = !this.inThread && this.app.route.thread === message.ts;
      out.push({
        key: message.ts,
        signature: `${compact}|${thread?.count ?? 0}|${thread?.last?.ts ?? ""}|${focus}|${zone}|${JSON.stringify(message)}`,
        value: () => this.message(channel, message, { compact, thread, focus }),
      });
      previous = message;
    }
    return out;
  }

  message(channel, message, { compact, thread, focus }) {
    const { store } = this.app;
    const person = author(store, message);
    const when = written(message);
    const time = h("time", { class: "message-time", datetime: new Date(when).toISOString(), title: fullDate(when, store.zone()) }, timeOfDay(when, store.zone()));
    const head = h("div", { class: "message-head" }, h("span", { class: "message-name" }, person.name), person.app && h("span", { class: "app-badge" }, "APP"), time);
    const classes = ["message", compact && "is-compact", message.ephemeral && "is-ephemeral", focus && "is-open", mentionsMe(message, store) && "is-mention"];
    return h(
      "li",
      {
        class: classes.filter(Boolean).join(" "),
        tabindex: "-1",
        data: { ts: message.ts, author: person.name, ephemeral: message.ephemeral ? "true" : null },
      },
      message.ephemeral && h("div", { class: "only-you" }, icon("eye", 14), "Only visible to you"),
      h("div", { class: "message-side" }, compact ? h("span", { class: "side-time", aria: { hidden: "true" } }, timeOfDay(when, store.zone())) : avatar(person.member, { app: person.app })),
      h(
        "div",
        { class: "message-body" },
        compact ? h("span", { class: "visually-hidden" }, person.name, " ", time) : head,
        this.content(channel, message),
        (message.files ?? []).map((one) => file(one, this.app.store.me)),
        thread && this.threadLine(channel, message, thread),
      ),
      this.tools(channel, message, person),
    );
  }

  content(channel, message) {
    const { app } = this;
    const text = app.store.textContext();
    const edited = message.edited && h("span", { class: "edited" }, " (edited)");
    if (!message.blocks?.length) return h("div", { class: "message-text" }, mrkdwn(message.text ?? "", text), edited);
    const surface = new Surface({
      id: `${app.store.me}/${channel.id}/${message.ts}`,
      kind: "message",
      ref: { channel: channel.id, ts: message.ts },
      text,
      act: (deed, how) => app.store.act(deed, how),
      confirm: (spec) => app.dialogs.confirm(spec, text),
    });
    return [drawBlocks(message.blocks, surface), edited];
  }

  threadLine(channel, message, { count, last, users }) {
    const { store } = this.app;
    const when = written(last);
    const near = nearDay(when, store.zone(), store.now());
    const day = near === "Today" ? "" : `${near?.toLowerCase() ?? longDay(when, store.zone())} at `;
    return h(
      "button",
      { type: "button", class: "thread-line", data: { focus: `thread-${message.ts}` }, onclick: () => this.app.openThread(channel.id, message.ts) },
      [...users].slice(0, 4).map((id) => avatar(store.member(id), { app: id === store.ws.app.user_id, size: "avatar-small" })),
      h("span", { class: "thread-count" }, `${count} ${count === 1 ? "reply" : "replies"}`),
      h("span", { class: "thread-last" }, `Last reply ${day}${timeOfDay(when, store.zone())}`),
    );
  }

  tools(channel, message, person) {
    const { app } = this;
    const what = `message from ${person.name}`;
    const reply = !this.inThread && !message.ephemeral && h(
      "button",
      { type: "button", class: "tool", title: "Reply in thread", aria: { label: `Reply in thread to ${what}` }, onclick: () => app.openThread(channel.id, message.ts) },
      icon("reply", 18),
    );
    const shortcuts = message.ephemeral ? [] : (app.store.ws.shortcuts ?? []).filter((one) => one.type === "message");
    const items = shortcuts.map((one) => ({
      label: one.name,
      note: app.store.ws.app.name,
      icon: "bolt",
      run: () => app.store.act({ do: "shortcut", callback_id: one.callback_id, channel: channel.id, ts: message.ts }),
    }));
    items.push({ label: "Copy text", icon: "file", run: () => copyText(message, app.store) });
    const more = h("button", { type: "button", class: "tool", title: "More actions", data: { focus: `more-${message.ts}` }, aria: { label: `More actions for ${what}`, haspopup: "menu", expanded: "false" } }, icon("more", 18));
    more.addEventListener("click", () => openMenu(more, "Message actions", items, { align: "end" }));
    return h("div", { class: "tools" }, reply, more);
  }
}

async function copyText(message, store) {
  try {
    await navigator.clipboard.writeText(h("div", {}, mrkdwn(message.text ?? "", store.textContext())).textContent);
  } catch {
    store.complain("The browser does not let this page copy.");
  }
}

function divider(kind, name) {
  return h("li", { class: `divider ${kind}` }, h("span", {}, name));
}

function dayName(message, zone, now) {
  const when = written(message);
  return nearDay(when, zone, now) ?? longDay(when, zone);
}

function together(previous, message) {
  return Boolean(
    previous &&
      !previous.ephemeral &&
      !message.ephemeral &&
      previous.user === message.user &&
      (previous.username ?? "") === (message.username ?? "") &&
      !message.blocks?.length &&
      !previous.blocks?.length &&
      written(message) - written(previous) < TOGETHER,
  );
}

/** Replies by their parent's ts: how many, the last one's ts, who wrote. */
function replyCounts(channel) {
  const out = new Map();
  for (const message of channel.messages) {
    if (!isReply(message)) continue;
    const entry = out.get(message.thread_ts) ?? { count: 0, last: message, users: new Set() };
    entry.count += 1;
    entry.last = message;
    entry.users.add(message.user);
    out.set(message.thread_ts, entry);
  }
  return out;
}

/** Who wrote it: {name, member, app}. */
export function author(store, message) {
  const { app } = store.ws;
  const isApp = message.user === app.user_id || (!message.user && Boolean(message.bot)) || message.bot === true || message.bot === app.bot_id;
  const member = store.member(message.user);
  const own = isApp ? app.name : nameOf(member);
  const posed = message.username && message.username !== member?.name ? message.username : null;
  return { name: posed || own || message.username || message.user || "Somebody", member, app: isApp };
}

function mentionsMe(message, store) {
  if (message.ephemeral) return false;
  const all = `${message.text ?? ""} ${JSON.stringify(message.blocks ?? "")}`;
  return all.includes(`<@${store.me}>`) || /<!(channel|here|everyone)>/.test(all);
}

const sizes = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 1 });
const bytes = (count) => (count >= 1e6 ? `${sizes.format(count / 1e6)} MB` : count >= 1e3 ? `${sizes.format(count / 1e3)} kB` : `${count} bytes`);

function file(spec, me) {
  const name = spec.title || spec.name || "File";
  const address = spec.url_private_download ?? spec.url_private ?? "";
  const local = address.startsWith("/") || address.startsWith(`${location.origin}/`);
  const body = [icon("file", 22), h("span", { class: "file-name" }, name), spec.size !== undefined && h("span", { class: "file-size" }, bytes(spec.size))];
  if (!local) return h("span", { class: "file" }, body);
  const href = new URL(address, location.href);
  href.searchParams.set("as", me);
  return h("a", { class: "file", href: href.href, download: spec.name ?? name }, body);
}

/** A short text for a screen reader when a message comes in. */
export function announcement(store, message) {
  const words = h("div", {}, mrkdwn(message.text ?? "", store.textContext())).textContent.slice(0, 300);
  return `${author(store, message).name}: ${words}`;
}
