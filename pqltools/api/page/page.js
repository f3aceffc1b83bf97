// What is on the page? The box of the expression, the lists, and the connection that all of them use.

import { api, call, connect, connection } from "./calls.js";
import { Editor } from "./editor.js";
import { showState } from "./lists.js";

const CALM = 5000;
const BUSY = 500;
const element = (id) => document.getElementById(id);
let timer;
let turn = 0;

// What is wrong, by what was tried: a success of one thing says nothing about the others.
const problems = new Map();

function banner(tried, problem) {
  problems.set(tried, problem);
  const first = [...problems.values()].find((each) => each !== null);
  const place = element("banner");
  place.hidden = first === undefined;
  if (first === undefined) return;
  const unknown = first.status === 401 || first.status === 403;
  const help = first.diagnostics.find((each) => each.help)?.help;
  const cure = unknown ? ". Say under “Connection” what the server wants." : help ? `; ${help}` : "";
  const text = first.message.replace(/\.$/, cure ? "" : ".") + cure;
  if (place.textContent !== text) place.textContent = text;
  if (unknown) element("settings").open = true;
}

const editor = new Editor((problem) => banner("expression", problem));

async function refresh() {
  clearTimeout(timer);
  const own = ++turn;
  let wait = CALM;
  try {
    const state = await call("GET", "/page/state");
    if (own !== turn) return;
    banner("state", null);
    element("where").textContent = `${connection.org}, sandbox ${connection.sandbox}; times are UTC`;
    const isBusy = showState(state, { open: opened, cancel: cancelled });
    wait = isBusy ? BUSY : CALM;
  } catch (problem) {
    if (own !== turn) return;
    banner("state", problem);
  }
  timer = setTimeout(refresh, document.hidden ? 4 * CALM : wait);
}

function opened(definition) {
  element("name").value = definition.name;
  editor.open(definition.expression);
}

async function acting(action) {
  try {
    await action();
    banner("action", null);
  } catch (problem) {
    banner("action", problem);
    return;
  }
  await refresh();
}

const cancelled = (job) => acting(() => api("DELETE", `/segment/jobs/${job.id}`));

element("run").addEventListener("click", () =>
  acting(() => api("POST", "/segment/jobs", { body: [{ segmentId: "*" }] })),
);

element("save").addEventListener("submit", (event) => {
  event.preventDefault();
  const body = { name: element("name").value, schema: { name: "_xdm.context.profile" }, expression: editor.expression };
  acting(() => api("POST", "/segment/definitions", { body }));
});

const form = element("connection");
for (const name of Object.keys(connection)) form.elements[name].value = connection[name];
form.addEventListener("submit", (event) => {
  event.preventDefault();
  connect(Object.fromEntries(Object.keys(connection).map((name) => [name, form.elements[name].value.trim()])));
  element("settings").open = false;
  refresh();
  editor.changed();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) refresh();
});
refresh();
