/** The business clock: what time it is in the demo, and how far ahead it may jump. */
import { h } from "./dom.js";
import * as api from "./api.js";
import { icon } from "./icons.js";
import { msToZoned, shortDay, span, timeWithSeconds, zoneName, zonedToMs } from "./time.js";

const MINUTE = 60;
const JUMPS = [
  ["In 1 minute", () => ({ advance_seconds: MINUTE })],
  ["In 5 minutes", () => ({ advance_seconds: 5 * MINUTE })],
  ["In 1 hour", () => ({ advance_seconds: 60 * MINUTE })],
  ["Workday 07:30", (zone) => ({ workday: "07:30", tz: zone })],
];

export class Clock {
  constructor(app) {
    this.app = app;
    this.time = h("span", { class: "clock-time" });
    this.day = h("span", { class: "clock-day" });
    this.ahead = h("p", { class: "clock-ahead" });
    this.said = h("p", { class: "clock-said", role: "status" });
    this.free = h("input", { type: "datetime-local", class: "field", aria: { label: "Date and time to go to" } });
    const jumps = JUMPS.map(([label, change]) => h("button", { type: "button", class: "clock-jump", onclick: (event) => this.move(change(app.store.zone()), event.currentTarget) }, label));
    this.root = h(
      "section",
      { class: "clock", aria: { label: "Business clock" } },
      h("div", { class: "clock-now" }, icon("clock", 18), this.time, this.day),
      this.ahead,
      h("div", { class: "clock-jumps" }, jumps),
      h("details", { class: "clock-free" }, h("summary", {}, "Another time…"), h("form", { class: "clock-form", novalidate: true, onsubmit: (event) => this.go(event) }, this.free, h("button", { type: "submit", class: "clock-jump" }, "Go"))),
      this.said,
    );
    setInterval(() => this.tick(), 1000);
  }

  tick() {
    const { store } = this.app;
    if (!store.view) return;
    const zone = store.zone();
    const now = store.now();
    set(this.time, timeWithSeconds(now, zone));
    set(this.day, `${shortDay(now, zone)}, ${zoneName(zone)}`);
    const offset = Math.round(store.offset());
    set(this.ahead, offset > 0 ? `The demo's clock is ${span(offset)} ahead of real time.` : "The demo's clock shows real time.");
    this.free.min = msToZoned(now, zone);
  }

  go(event) {
    event.preventDefault();
    const wanted = zonedToMs(this.free.value, this.app.store.zone());
    if (Number.isNaN(wanted)) return this.say("Pick a date and a time first.");
    if (wanted <= this.app.store.now()) return this.say("The clock only goes forward: pick a later time.");
    return this.move({ to: new Date(wanted).toISOString() }, event.submitter);
  }

  async move(change, button) {
    button?.setAttribute("aria-busy", "true");
    this.say("");
    try {
      const clock = await api.setClock(change);
      const { store } = this.app;
      if (store.view && Number.isFinite(clock.offset_seconds)) store.view.clock = { ...store.view.clock, offset_seconds: clock.offset_seconds };
      this.tick();
      this.say(`It is now ${shortDay(store.now(), store.zone())}, ${timeWithSeconds(store.now(), store.zone()).slice(0, 5)}.`);
      store.changed();
    } catch (reason) {
      this.say(reason.message);
    } finally {
      button?.removeAttribute("aria-busy");
    }
  }

  say(sentence) {
    this.said.textContent = sentence;
  }
}

function set(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
