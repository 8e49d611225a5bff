/**
 * The only place that makes elements. Outside text enters the page as text nodes
 * and through a short list of attributes; nothing here or elsewhere parses HTML.
 */

const SVG = "http://www.w3.org/2000/svg";

/** Make an element: h("button", {class: "x", onclick: f, aria: {label: "…"}}, "text", node, …). */
export function h(tag, props = {}, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** The same for SVG. */
export function s(tag, props = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

function fill(node, props, children) {
  for (const [key, value] of Object.entries(props ?? {})) setProp(node, key, value);
  append(node, children);
  return node;
}

function setProp(node, key, value) {
  if (value === undefined || value === null || value === false) return;
  if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
  else if (key === "aria") for (const [k, v] of Object.entries(value)) setAria(node, k, v);
  else if (key === "data") for (const [k, v] of Object.entries(value)) setData(node, k, v);
  else if (key === "value" || key === "checked" || key === "disabled" || key === "inert") node[key] = value;
  else if (key === "style") for (const [k, v] of Object.entries(value)) node.style.setProperty(k, v);
  else node.setAttribute(key, value === true ? "" : String(value));
}

function setAria(node, key, value) {
  if (value !== undefined && value !== null) node.setAttribute(`aria-${key}`, String(value));
}

function setData(node, key, value) {
  if (value !== undefined && value !== null) node.dataset[key] = String(value);
}

/** Append nested lists of nodes and strings; strings become text nodes. */
export function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** Put these children in place of all others. */
export function replace(node, ...children) {
  node.replaceChildren();
  append(node, children);
}

let counter = 0;
/** An id that is unique on this page. */
export function uid(prefix = "u") {
  counter += 1;
  return `${prefix}-${counter}`;
}

/**
 * Make the children of `parent` be `items`, in order, reusing the node of every
 * item whose key and signature are unchanged. Focus inside a node that had to be
 * made again moves to the control with the same data-focus key.
 */
export function reconcile(parent, items, build) {
  const old = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  let cursor = parent.firstElementChild;
  for (const { key, signature, value } of items) {
    let node = old.get(key);
    old.delete(key);
    if (!node) node = stamp(build(value), key, signature);
    else if (node.signature !== signature) {
      const fresh = stamp(build(value), key, signature);
      const focused = focusKey(node);
      if (cursor === node) cursor = fresh;
      node.replaceWith(fresh);
      restoreFocus(fresh, focused);
      node = fresh;
    }
    if (node === cursor) cursor = cursor.nextElementSibling;
    else parent.insertBefore(node, cursor);
  }
  for (const node of old.values()) node.remove();
}

function stamp(node, key, signature) {
  node.dataset.key = key;
  node.signature = signature;
  return node;
}

/** What has the focus inside `root`, in a form that outlives a new rendering. */
export function focusKey(root) {
  const active = document.activeElement;
  if (!active || !root.contains(active)) return null;
  const marked = active.closest("[data-focus]");
  return {
    key: marked && root.contains(marked) ? marked.dataset.focus : null,
    start: active.selectionStart ?? null,
    end: active.selectionEnd ?? null,
  };
}

/** Give the focus back to the control that had it, or to `root` when it is gone. */
export function restoreFocus(root, focused) {
  if (!focused) return;
  const marked = focused.key && root.querySelector(`[data-focus="${CSS.escape(focused.key)}"]`);
  const target = marked || (root.hasAttribute("tabindex") ? root : root.querySelector("[tabindex], button, input"));
  if (!target) return;
  target.focus({ preventScroll: true });
  if (marked && focused.start !== null && typeof target.setSelectionRange === "function") {
    try {
      target.setSelectionRange(focused.start, focused.end);
    } catch {
      return; // date and number inputs hold no text selection
    }
  }
}

/** Every element below `root` that the Tab key reaches. */
export function tabbables(root) {
  const query = "a[href], button, input, select, textarea, summary, [tabindex]";
  return [...root.querySelectorAll(query)].filter(
    (node) => !node.disabled && node.tabIndex >= 0 && node.type !== "hidden" && node.getClientRects().length,
  );
}
