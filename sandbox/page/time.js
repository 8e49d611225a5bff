/**
 * Times as people read them. Slack's `ts` and epochs are seconds UTC; every text
 * is in the acting member's zone. `now` is always given by the caller, since the
 * demo's business clock may run ahead of the real one.
 */

const LOCALE = "en-GB";
const DAY = 86_400_000;
const cache = new Map();

function format(zone, options) {
  const key = JSON.stringify([zone, options]);
  if (!cache.has(key)) {
    let made;
    try {
      made = new Intl.DateTimeFormat(LOCALE, { ...options, timeZone: zone });
    } catch {
      made = new Intl.DateTimeFormat(LOCALE, { ...options, timeZone: "UTC" });
    }
    cache.set(key, made);
  }
  return cache.get(key);
}

const show = (ms, zone, options) => format(zone, options).format(new Date(ms));

export const timeOfDay = (ms, zone) => show(ms, zone, { hour: "2-digit", minute: "2-digit" });
export const timeWithSeconds = (ms, zone) =>
  show(ms, zone, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
export const longDay = (ms, zone) => show(ms, zone, { weekday: "long", day: "numeric", month: "long" });
export const fullDate = (ms, zone) =>
  show(ms, zone, { weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" });
export const shortDay = (ms, zone) => show(ms, zone, { weekday: "short", day: "numeric", month: "short" });

/** "2026-11-04" in that zone. */
export function isoDay(ms, zone) {
  const parts = Object.fromEntries(
    format(zone, { year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(new Date(ms)).map((p) => [p.type, p.value]),
  );
  return `${parts.year}-${parts.month}-${parts.day}`;
}

/** "Today", "Yesterday", "Tomorrow", or null when the day is further away. */
export function nearDay(ms, zone, now) {
  const day = isoDay(ms, zone);
  if (day === isoDay(now, zone)) return "Today";
  if (day === isoDay(now - DAY, zone)) return "Yesterday";
  if (day === isoDay(now + DAY, zone)) return "Tomorrow";
  return null;
}

/** Minutes that the zone is ahead of UTC at that moment. */
export function offsetMinutes(ms, zone) {
  const parts = Object.fromEntries(
    format(zone, { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric", hourCycle: "h23" })
      .formatToParts(new Date(ms))
      .map((p) => [p.type, Number(p.value)]),
  );
  const asUtc = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
  return Math.round((asUtc - Math.floor(ms / 1000) * 1000) / 60_000);
}

/** "2026-11-04T07:30" on the clock of that zone → milliseconds; NaN when it is no date. */
export function zonedToMs(local, zone) {
  const guess = Date.parse(`${local.length === 16 ? `${local}:00` : local}Z`);
  if (Number.isNaN(guess)) return NaN;
  const first = guess - offsetMinutes(guess, zone) * 60_000;
  return guess - offsetMinutes(first, zone) * 60_000;
}

/** Milliseconds → "2026-11-04T07:30" on the clock of that zone, as datetime-local inputs want it. */
export function msToZoned(ms, zone) {
  return `${isoDay(ms, zone)}T${timeOfDay(ms, zone)}`;
}

/** "Berlin" for Europe/Berlin. */
export const zoneName = (zone) => (zone || "UTC").split("/").pop().replaceAll("_", " ");

/** "2 days, 3 hours and 5 minutes"; at most three parts, the largest first. */
export function span(seconds) {
  const units = [["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1]];
  const parts = [];
  let rest = Math.round(Math.abs(seconds));
  for (const [name, size] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count && (name !== "second" || parts.length === 0)) parts.push(`${count} ${name}${count === 1 ? "" : "s"}`);
  }
  if (parts.length === 0) return "0 seconds";
  const last = parts.pop();
  return parts.length ? `${parts.join(", ")} and ${last}` : last;
}

function ago(ms, now) {
  const text = span(Math.round((now - ms) / 60_000) * 60 || 0).split(",")[0].split(" and ")[0];
  if (Math.abs(now - ms) < 60_000) return "just now";
  return now >= ms ? `${text} ago` : `in ${text}`;
}

const DATE_TOKENS = {
  date_num: (ms, zone) => isoDay(ms, zone),
  date_slash: (ms, zone) => show(ms, zone, { day: "2-digit", month: "2-digit", year: "numeric" }),
  date: (ms, zone) => show(ms, zone, { day: "numeric", month: "long", year: "numeric" }),
  date_short: (ms, zone) => show(ms, zone, { day: "numeric", month: "short", year: "numeric" }),
  date_long: (ms, zone) => show(ms, zone, { weekday: "long", day: "numeric", month: "long", year: "numeric" }),
  day_divider_pretty: (ms, zone, now) => nearDay(ms, zone, now) ?? longDay(ms, zone),
  time: timeOfDay,
  time_secs: timeWithSeconds,
  ago: (ms, _zone, now) => ago(ms, now),
};
for (const name of ["date", "date_short", "date_long"]) {
  DATE_TOKENS[`${name}_pretty`] = (ms, zone, now) => nearDay(ms, zone, now) ?? DATE_TOKENS[name](ms, zone);
}

/** Slack's `{date_short_pretty} at {time}` for an epoch in seconds; null when the format is not one. */
export function slackDate(epoch, text, zone, now) {
  const ms = Number(epoch) * 1000;
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15 || epoch === "") return null;
  let known = true;
  const result = text.replace(/\{(\w+)\}/g, (whole, token) => {
    if (DATE_TOKENS[token]) return DATE_TOKENS[token](ms, zone, now);
    known = false;
    return whole;
  });
  if (!known) return null;
  // "Call today at 9" reads better than "Call Today at 9"
  return result.replace(/(\S\s+)(Today|Yesterday|Tomorrow)/g, (_, before, day) => before + day.toLowerCase());
}
