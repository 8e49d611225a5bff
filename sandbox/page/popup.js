/** Things that float beside a control: placing them, closing them, and menus. */
import { h, uid } from "./dom.js";
import { icon } from "./icons.js";

/** The element that popups of this control belong to: its dialog, so that a modal stays whole, or the page. */
export const layerOf = (anchor) => anchor.closest("[role=dialog], [role=alertdialog]") ?? document.body;

/** Put `popup` below `anchor`, or above where there is more room; never wider than the window. */
export function place(popup, anchor, { align = "start", above = false, width = null } = {}) {
  const box = anchor.getBoundingClientRect();
  const space = { up: box.top - 8, down: window.innerHeight - box.bottom - 8 };
  const up = above ? space.up > 160 : space.down < 200 && space.up > space.down;
  popup.style.width = width === "anchor" ? `${box.width}px` : "";
  popup.style.maxHeight = `${Math.min(up ? space.up : space.down, 340)}px`;
  const size = popup.getBoundingClientRect();
  const left = align === "end" ? box.right - size.width : box.left;
  popup.style.left = `${Math.max(8, Math.min(left, window.innerWidth - size.width - 8))}px`;
  popup.style.top = up ? "" : `${box.bottom + 4}px`;
  popup.style.bottom = up ? `${window.innerHeight - box.top + 4}px` : "";
}

let openNow = null;
/** Close the menu that is open, if one is. */
export function closeMenu(refocus = false) {
  if (!openNow) return;
  const { menu, anchor, off } = openNow;
  openNow = null;
  off();
  menu.remove();
  anchor.setAttribute("aria-expanded", "false");
  if (refocus) anchor.focus();
}

/** Open a menu of [{label, note?, icon?, run}] at a button; Escape, a choice, or a click elsewhere closes it. */
export function openMenu(anchor, label, items, options = {}) {
  const again = openNow?.anchor === anchor;
  closeMenu();
  if (again) return;
  const menu = h("div", { class: "menu", role: "menu", id: uid("menu"), aria: { label } }, items.map(menuItem));
  layerOf(anchor).append(menu);
  anchor.setAttribute("aria-expanded", "true");
  place(menu, anchor, options);
  const away = (event) => !menu.contains(event.target) && !anchor.contains(event.target) && closeMenu();
  const scrolled = (event) => !menu.contains(event.target) && closeMenu();
  menu.addEventListener("keydown", menuKeys);
  document.addEventListener("pointerdown", away);
  document.addEventListener("scroll", scrolled, true);
  window.addEventListener("resize", scrolled);
  const off = () => {
    document.removeEventListener("pointerdown", away);
    document.removeEventListener("scroll", scrolled, true);
    window.removeEventListener("resize", scrolled);
  };
  openNow = { menu, anchor, off };
  menu.querySelector("[role=menuitem]")?.focus({ preventScroll: true });
}

function menuItem(item) {
  return h(
    "button",
    {
      type: "button",
      role: "menuitem",
      tabindex: "-1",
      class: "menu-item",
      onclick: () => {
        closeMenu(true);
        item.run();
      },
    },
    item.icon && icon(item.icon, 18),
    h("span", { class: "menu-label" }, item.label),
    item.note && h("span", { class: "menu-note" }, item.note),
  );
}

function menuKeys(event) {
  const items = [...event.currentTarget.querySelectorAll("[role=menuitem]")];
  const at = items.indexOf(document.activeElement);
  const moves = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 };
  if (event.key in moves) {
    event.preventDefault();
    items[(moves[event.key] + items.length) % items.length]?.focus();
  } else if (event.key === "Escape" || event.key === "Tab") {
    if (event.key === "Escape") event.preventDefault();
    event.stopPropagation();
    closeMenu(true);
  } else if (event.key.length === 1) {
    const letter = event.key.toLowerCase();
    items.find((item) => item.textContent.trim().toLowerCase().startsWith(letter))?.focus();
  }
}
