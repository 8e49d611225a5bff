/**
 * What this page knows: the workspace, the acting member's view, and where the
 * person is looking. The server's long poll says when the view is out of date;
 * listeners are called after every change, once for all that came together.
 */
import * as api from "./api.js";

const RETRY_FIRST = 500;
const RETRY_LONGEST = 8_000;

/** What the sandbox's error codes mean to the person who sees them. */
const SENTENCES = {
  validation: "Not sent: look at what stands in red.",
  channel_not_found: "This conversation is not there any more.",
  message_not_found: "This message is not there any more.",
  not_found: "This form is not open any more.",
  view_not_found: "This form is not open any more.",
  action_not_found: "The app has changed this message meanwhile. Look again.",
  is_archived: "This channel is archived: nobody can post here.",
  messages_tab_disabled: "The app takes no messages here.",
  interactivity_not_enabled: "The app does not listen to buttons: its manifest has interactivity off.",
  not_enabled: "The app has no Home tab.",
  user_not_found: "This member is not in the workspace any more.",
};

const sentenceOf = ({ error }) => SENTENCES[error] ?? (/\s/.test(error ?? "") ? error : `That did not work (${error || "no reason given"}).`);

export class Store {
  constructor() {
    this.ws = null;
    this.view = null;
    this.me = null;
    this.offline = null;
    this.toasts = [];
    this.drafts = new Map();
    this.listeners = [];
    this.loop = null;
    this.fresh = 0;
    this.toastNumber = 0;
  }

  onchange(listener) {
    this.listeners.push(listener);
  }

  changed() {
    if (this.scheduled) return;
    this.scheduled = true;
    queueMicrotask(() => {
      this.scheduled = false;
      for (const listener of this.listeners) listener();
    });
  }

  /** Load the workspace and begin to look at it as this member (an id or a name; the first one otherwise). */
  async start(wanted) {
    this.ws = await api.workspace();
    const people = this.people();
    const found = people.find((one) => [one.id, one.name, one.real_name].includes(wanted));
    this.actAs((found ?? people[0])?.id);
  }

  people() {
    return this.ws.members.filter((one) => !one.deleted && one.id !== this.ws.app.user_id);
  }

  /** Look at the workspace as another member. */
  actAs(id) {
    this.loop?.abort();
    this.me = id;
    this.view = null;
    this.toasts = [];
    this.changed();
    this.loop = new AbortController();
    this.follow(id, this.loop.signal);
  }

  async follow(as, signal) {
    let pause = RETRY_FIRST;
    while (!signal.aborted) {
      try {
        if (!this.view || this.stale) await this.refresh(as, signal);
        else {
          const { version } = await api.wait(as, this.view.version, signal);
          this.stale = version !== this.view?.version;
        }
        pause = RETRY_FIRST;
        this.wentOnline();
      } catch (reason) {
        if (signal.aborted) return;
        this.offline = reason.message;
        this.changed();
        await new Promise((done) => setTimeout(done, pause));
        pause = Math.min(pause * 2, RETRY_LONGEST);
      }
    }
  }

  wentOnline() {
    if (!this.offline) return;
    this.offline = null;
    this.changed();
  }

  /** Fetch the view now. An older answer never replaces a newer one. */
  async refresh(as = this.me, signal = this.loop?.signal) {
    this.fresh += 1;
    const mine = this.fresh;
    this.stale = false;
    const view = await api.view(as, this.ws.now_ts, signal);
    if (as !== this.me || mine < this.shown) return;
    this.shown = mine;
    this.view = view;
    this.changed();
  }

  /** Do something as the acting member. Never rejects; answers {ok, error?, result?}. */
  async act(deed, { quiet = false } = {}) {
    const as = this.me;
    const toasted = new Set(this.view?.toasts?.map((one) => one.id));
    let answer;
    try {
      answer = await api.act(as, deed);
      if (!quiet && as === this.me) await this.refresh();
    } catch (reason) {
      answer = { ok: false, error: reason.message };
    }
    const told = this.view?.toasts?.some((one) => !toasted.has(one.id));
    if (!answer.ok && !quiet && !told && as === this.me) this.complain(sentenceOf(answer));
    return answer;
  }

  /** Show a sentence in a toast of this page's own. */
  complain(text) {
    this.toastNumber += 1;
    this.toasts = [...this.toasts, { id: `here-${this.toastNumber}`, text, local: true }].slice(-5);
    this.changed();
  }

  dropToast(id) {
    this.toasts = this.toasts.filter((one) => one.id !== id);
    this.changed();
  }

  channel(id) {
    return this.view?.channels.find((one) => one.id === id) ?? null;
  }

  /** The direct conversation with the app, if it has begun. */
  appChannel() {
    return this.view?.channels.find((one) => this.isAppChannel(one)) ?? null;
  }

  isAppChannel(channel) {
    if (channel.kind !== "im") return false;
    const known = this.ws.channels.find((one) => one.id === channel.id);
    const members = channel.members ?? known?.members;
    return members ? members.includes(this.ws.app.user_id) : channel.name === this.ws.app.name;
  }

  member(id) {
    return this.membersById().get(id) ?? null;
  }

  membersById() {
    if (this.membersOf !== this.ws) {
      this.membersOf = this.ws;
      this.memberMap = new Map(this.ws.members.map((one) => [one.id, one]));
      const { app } = this.ws;
      if (!this.memberMap.has(app.user_id)) this.memberMap.set(app.user_id, { id: app.user_id, name: app.name, real_name: app.name });
    }
    return this.memberMap;
  }

  zone() {
    return this.member(this.me)?.tz || "UTC";
  }

  offset() {
    return this.view?.clock?.offset_seconds ?? 0;
  }

  /** Business time, milliseconds. */
  now() {
    return Date.now() + this.offset() * 1000;
  }

  /** What mrkdwn needs to know. */
  textContext() {
    return {
      members: this.membersById(),
      channels: new Map(this.view.channels.map((one) => [one.id, one])),
      zone: this.zone(),
      now: () => this.now(),
      me: this.me,
      openChannel: (id) => {
        location.hash = `#/c/${id}`;
      },
    };
  }
}
