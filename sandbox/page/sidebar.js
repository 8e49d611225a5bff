/** The left column: who acts, where one can go, what is unread, and the clock. */
import { h, reconcile, replace } from "./dom.js";
import { avatar } from "./avatar.js";
import { icon } from "./icons.js";
import { isDark, toggleTheme } from "./theme.js";
import { zoneName } from "./time.js";

export class Sidebar {
  constructor(app, root, clock) {
    this.app = app;
    this.team = h("h1", { class: "team" });
    this.face = h("span", { class: "act-face" });
    this.people = h("select", { class: "act-select", id: "act-as", data: { focus: "act-as" }, onchange: (event) => app.actAs(event.target.value) });
    this.groups = h("div", { class: "places" });
    this.theme = h("button", { type: "button", class: "side-tool", onclick: () => this.flip() });
    this.split = h("button", { type: "button", class: "side-tool", title: "Show the website beside the workspace", aria: { label: "Show the website beside the workspace", pressed: "false" }, onclick: () => app.toggleWebsite() }, icon("split", 18));
    const site = h("a", { class: "site-link", href: "/site/", target: "_blank", rel: "noopener" }, icon("globe", 18), h("span", {}, "Open the company's website"));
    replace(
      root,
      h("div", { class: "side-head" }, this.team, this.theme),
      h("div", { class: "act-as" }, this.face, h("div", { class: "act-main" }, h("label", { for: "act-as", class: "act-label" }, "Act as"), this.people)),
      this.groups,
      h("div", { class: "side-foot" }, h("div", { class: "site-row" }, site, this.split), clock.root),
    );
  }

  flip() {
    toggleTheme();
    this.drawTheme();
  }

  drawTheme() {
    const label = isDark() ? "Switch to light colours" : "Switch to dark colours";
    this.theme.setAttribute("aria-label", label);
    this.theme.title = label;
    replace(this.theme, icon(isDark() ? "sun" : "moon", 18));
  }

  render() {
    const { store } = this.app;
    this.drawTheme();
    if (this.team.textContent !== store.ws.team.name) this.team.textContent = store.ws.team.name;
    this.renderPeople();
    const channels = store.view?.channels ?? [];
    const groups = [
      ["Channels", channels.filter((one) => one.kind === "channel" || one.kind === "private").map((one) => this.place(one))],
      ["Direct messages", channels.filter((one) => one.kind === "im" && !store.isAppChannel(one)).map((one) => this.place(one))],
      [store.ws.app.name, this.appPlaces()],
    ].filter(([, places]) => places.length);
    reconcile(
      this.groups,
      groups.map(([name, places]) => ({ key: name, signature: JSON.stringify(places), value: () => this.group(name, places) })),
      (make) => make(),
    );
    this.split.setAttribute("aria-pressed", String(this.app.pane.websiteOpen));
  }

  renderPeople() {
    const { store } = this.app;
    const people = store.people();
    const signature = people.map((one) => one.id).join();
    if (this.peopleDrawn !== signature) {
      this.peopleDrawn = signature;
      const name = (one) => `${one.real_name || one.name}${one.title ? ` · ${one.title}` : ""}${one.is_guest ? " (guest)" : ""}`;
      replace(this.people, people.map((one) => h("option", { value: one.id }, name(one))));
    }
    if (this.people.value !== store.me) this.people.value = store.me;
    if (this.faceOf !== store.me) {
      this.faceOf = store.me;
      const me = store.member(store.me);
      replace(this.face, avatar(me));
      this.people.title = `${me?.real_name ?? ""}, ${zoneName(me?.tz)}`;
    }
  }

  place(channel) {
    const { route } = this.app;
    return {
      href: `#/c/${channel.id}`,
      name: channel.kind === "im" ? this.app.channelTitle(channel) : channel.name,
      icon: { im: "chat", private: "lock" }[channel.kind] ?? "hash",
      here: route.kind === "channel" && route.id === channel.id,
      unread: channel.unread ?? 0,
      mentions: channel.mentions ?? 0,
    };
  }

  appPlaces() {
    const { store, route } = this.app;
    if (!store.view) return [];
    const places = [{ href: "#/home", name: "Home", icon: "home", here: route.kind === "home", unread: 0, mentions: 0 }];
    const direct = store.appChannel();
    if (direct) {
      const place = this.place(direct);
      places.push({ ...place, name: "Messages", mentions: place.mentions || place.unread });
    }
    return places;
  }

  group(name, places) {
    const heading = `places-${name.replace(/\W+/g, "-")}`;
    return h(
      "section",
      { class: "place-group", aria: { labelledby: heading } },
      h("h2", { id: heading, class: "place-heading" }, name),
      h("ul", {}, places.map((one) => h("li", {}, this.placeLink(one)))),
    );
  }

  placeLink(one) {
    const badge = one.mentions || 0;
    return h(
      "a",
      {
        class: `place ${one.unread ? "is-unread" : ""}`,
        href: one.href,
        data: { focus: one.href },
        aria: { current: one.here ? "page" : null },
        onclick: () => this.app.closeNav(),
      },
      icon(one.icon, 18),
      h("span", { class: "place-name" }, one.name),
      badge > 0 && h("span", { class: "badge" }, h("span", { class: "visually-hidden" }, ", "), String(Math.min(badge, 99)), h("span", { class: "visually-hidden" }, one.name === "Messages" ? " unread" : badge === 1 ? " mention" : " mentions")),
      one.unread > 0 && !badge && h("span", { class: "visually-hidden" }, ", unread"),
    );
  }
}
