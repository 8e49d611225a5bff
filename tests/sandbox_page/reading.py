"""Can everybody read and use what stands on a page? Asked of the page as the browser drew it."""

from playwright.sync_api import Page

AA = 4.5

NAMELESS = """() => {
  const query = "a[href], button, input:not([type=hidden]), select, textarea, iframe, " +
    "[role=option], [role=menuitem], [role=img], nav";
  const named = (node) => {
    const ids = (node.getAttribute("aria-labelledby") || "").split(" ");
    const by = ids.map((id) => document.getElementById(id)?.textContent || "");
    const labels = [...(node.labels || [])].map((label) => label.textContent);
    const own = node.matches("nav") ? "" : node.textContent;
    return [node.getAttribute("aria-label") || "", node.title, ...by, ...labels, own].join("").trim();
  };
  const shown = [...document.querySelectorAll(query)].filter(
    (node) => node.getClientRects().length && !node.closest("[aria-hidden=true]"));
  return shown.filter((node) => !named(node)).map((node) => node.outerHTML.slice(0, 200));
}"""

# A ground is the list of opaque colours that may stand behind a word: one, or the stops of a gradient, each under the
# half-transparent layers above it. The words must be readable on every one of them.
CONTRAST = """(least) => {
  const rgb = (text) => {
    const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
    return [r, g, b, a];
  };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const light = (colour) => colour.slice(0, 3).map((c) => c / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (one, other) => {
    const [a, b] = [light(one), light(other)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  };
  const grounds = (node) => {
    const layers = [];
    let found = null;
    for (let at = node; at && !found; at = at.parentElement) {
      const style = getComputedStyle(at);
      const stops = style.backgroundImage.match(/rgba?\\([^)]*\\)/g);
      const colour = rgb(style.backgroundColor);
      if (stops) found = stops.map(rgb);
      else if (colour[3] === 1) found = [colour];
      else if (colour[3] > 0) layers.unshift(colour);
    }
    return (found || [[255, 255, 255, 1]]).map((ground) => layers.reduce((below, top) => over(top, below), ground));
  };
  const opacity = (node) => {
    let all = 1;
    for (let at = node; at; at = at.parentElement) all *= Number(getComputedStyle(at).opacity);
    return all;
  };
  const poor = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    if (!own || !node.getClientRects().length || node.closest(":disabled, [inert], noscript, option")) continue;
    const box = node.getBoundingClientRect();
    if (box.width <= 1 || box.height <= 1 || box.right <= 0 || box.bottom <= 0) continue;
    const style = getComputedStyle(node);
    const see = opacity(node);
    if (style.visibility !== "visible" || see === 0) continue;
    const ink = rgb(node.closest("svg") ? style.fill : style.color);
    const worst = Math.min(...grounds(node).map((ground) => {
      return contrast(over([...ink.slice(0, 3), ink[3] * see], ground), ground);
    }));
    const called = node.getAttribute("class") || node.tagName.toLowerCase();
    if (worst < least) poor.push(`${called}: ${node.textContent.slice(0, 40)}`);
  }
  return poor;
}"""


def nameless(page: Page) -> list[str]:
    """The controls, pictures and landmarks in sight that have no name for a screen reader."""
    return list(page.evaluate(NAMELESS))


def unreadable(page: Page, least: float = AA) -> list[str]:
    """The words in sight whose contrast with what is behind them is below this."""
    return list(page.evaluate(CONTRAST, least))
