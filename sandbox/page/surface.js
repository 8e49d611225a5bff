/**
 * A surface is where blocks stand: a message, a modal or the App Home. It knows
 * how to tell the app what a person did there, and keeps what they filled in, so
 * that a new rendering of the same blocks loses nothing.
 */

/** What was filled in, by surface: outlives renderings, not page loads. */
const filled = new Map();

export function forgetSurface(id) {
  filled.delete(id);
}

/**
 * spec: {id, kind: "message"|"modal"|"home", ref: {channel, ts} | {view_id}, text (the mrkdwn context),
 *        act(deed) → Promise, confirm(object) → Promise<bool>, errors?: {block_id: sentence}}
 */
export class Surface {
  constructor(spec) {
    Object.assign(this, spec);
    this.errors = spec.errors ?? {};
    if (!filled.has(this.id)) filled.set(this.id, new Map());
    this.values = filled.get(this.id);
  }

  /** What stands in this element: what the person chose, or what the app set first. */
  value(blockId, actionId, initial) {
    const entry = this.values.get(`${blockId}\n${actionId}`);
    // the app may set a new value by updating the view; what a person typed wins until then
    if (entry && entry.initial === JSON.stringify(initial ?? null)) return entry.value;
    this.keep(blockId, actionId, initial, initial);
    return initial;
  }

  keep(blockId, actionId, value, initial) {
    const key = `${blockId}\n${actionId}`;
    const known = initial === undefined ? this.values.get(key)?.initial : undefined;
    this.values.set(key, { value, initial: known ?? JSON.stringify(initial ?? null), wire: this.values.get(key)?.wire });
  }

  /** Remember how this element's value goes over the wire: {kind, blockId, actionId, input: value → JSON}. */
  register(blockId, actionId, toInput) {
    const entry = this.values.get(`${blockId}\n${actionId}`);
    if (entry) entry.wire = toInput;
  }

  /** The state of these blocks' inputs: {block_id: {action_id: input}}. */
  state(blocks) {
    const state = {};
    // an update may have put another element into the same block: what was filled in before it is gone
    const standing = new Set(
      blocks.flatMap((block) =>
        [block.element, block.accessory, ...(block.elements ?? [])].map((one) => `${block.block_id}\n${one?.action_id}`),
      ),
    );
    for (const [key, entry] of this.values) {
      const [blockId, actionId] = key.split("\n");
      if (!entry.wire || !standing.has(key)) continue;
      (state[blockId] ??= {})[actionId] = entry.wire(entry.value);
    }
    return state;
  }

  /** Tell the app that something was clicked or chosen. Rejects never: failures become toasts in `act`. */
  async click(blockId, element, detail = {}) {
    if (element.confirm && !(await this.confirm(element.confirm))) return false;
    await this.act({ do: "click", ...this.ref, block_id: blockId, action_id: element.action_id, ...detail });
    return true;
  }

  /** Ask the app for the choices of an external select. */
  async options(blockId, actionId, query) {
    const answer = await this.act({ do: "options", ...this.ref, block_id: blockId, action_id: actionId, query }, { quiet: true });
    if (!answer.ok) throw new Error(answer.error || "The app did not answer.");
    return answer.result;
  }
}
