/** The Person API of the sandbox, as functions. Each rejects with an Error that has a sentence for people. */

async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { cache: "no-store", ...options });
  } catch (reason) {
    if (reason.name === "AbortError") throw reason;
    throw new Error("The sandbox does not answer. Is it still running?");
  }
  let body = null;
  try {
    body = await response.json();
  } catch {
    body = null;
  }
  if (!response.ok) throw new Error(body?.error || `The sandbox answered ${response.status}.`);
  if (body === null) throw new Error("The sandbox gave an answer that this page does not understand.");
  return body;
}

function post(path, payload, signal) {
  return ask(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(payload),
    signal,
  });
}

export const workspace = () => ask("/sandbox/workspace");
/** All one member sees; ephemeral messages from before this page was opened are gone, as in Slack. */
export const view = (as, since, signal) =>
  ask(`/sandbox/view?as=${encodeURIComponent(as)}&since=${encodeURIComponent(since)}`, { signal });
export const wait = (as, after, signal) =>
  ask(`/sandbox/wait?as=${encodeURIComponent(as)}&after=${encodeURIComponent(after)}`, { signal });
export const clock = () => ask("/sandbox/clock");
export const setClock = (change) => post("/sandbox/clock", change);

/** Do one thing as a person; answers {ok, error?, result?} when the app has acknowledged it or failed to. */
export const act = (as, deed, signal) => post("/sandbox/act", { as, ...deed }, signal);
