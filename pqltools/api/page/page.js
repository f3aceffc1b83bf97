// What is on the page? The box of the expression, the lists, and the connection that all of them use.

import { api, call, connect, connection } from "./calls.js";
import { Editor } from "./editor.js";
import { showState } from "./lists.js";
import { load, madeUp } from "./loading.js";

const CALM = 5000;
const BUSY = 500;
const element = (id) => document.getElementById(id);
const MORE = 100;
const MOST = 1000;
const EXAMPLE = 'person.gender = "female" and homeAddress.countryCode = "US"';
let timer;
let turn = 0;
// How many segments are shown, and which one the box holds.
let wanted = MORE;
let opened = null;

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
    const name = encodeURIComponent(element("find").value.trim());
    const state = await call("GET", `/page/state?name=${name}&limit=${wanted}`);
    if (own !== turn) return;
    banner("state", null);
    element("where").textContent = `${connection.org}, sandbox ${connection.sandbox}; times are UTC`;
    const isBusy = showState(state, { open, cancel: cancelled, most: MOST });
    firstSteps(state);
    wait = isBusy ? BUSY : CALM;
  } catch (problem) {
    if (own !== turn) return;
    banner("state", problem);
  }
  timer = setTimeout(refresh, document.hidden ? 4 * CALM : wait);
}

function open(definition) {
  opened = definition;
  element("name").value = definition.name;
  named();
  editor.open(definition.expression);
}

// Under its own name an opened segment is changed; under another one it is a new one.
function named() {
  const isOwn = opened !== null && element("name").value === opened.name;
  element("save-button").textContent = isOwn ? "Update segment" : "Save as segment";
  return isOwn;
}

function firstSteps(state) {
  const hasProfiles = Object.keys(state.profiles).length > 0;
  const done = {
    profiles: hasProfiles,
    expression: element("expression").value.trim() !== "" || state.all > 0,
    segment: state.all > 0,
    job: state.jobCount > 0,
  };
  for (const [step, isDone] of Object.entries(done)) element(`step-${step}`).classList.toggle("done", isDone);
  element("first-steps").hidden = Object.values(done).every(Boolean);
}

async function acting(action) {
  try {
    await action();
    banner("action", null);
  } catch (problem) {
    banner("action", problem);
    return false;
  }
  await refresh();
  return true;
}

async function loading(file, dataset, kind) {
  const buttons = [element("load-button"), element("made-up")];
  for (const each of buttons) each.disabled = true;
  element("loaded").textContent = `Loading ${file.name} …`;
  let metrics = null;
  await acting(async () => {
    metrics = await load(file, dataset, kind);
  });
  for (const each of buttons) each.disabled = false;
  const said = (count, what) => `${count.toLocaleString("en")} ${what}`;
  element("loaded").textContent = metrics
    ? `Loaded ${file.name}: ${said(metrics.profiles, "profiles")}, ${said(metrics.events, "events")}, ${said(metrics.bad, "refused")}.`
    : "";
  if (metrics) editor.changed();
}

const cancelled = (job) => acting(() => api("DELETE", `/segment/jobs/${job.id}`));

element("run").addEventListener("click", () =>
  acting(() => api("POST", "/segment/jobs", { body: [{ segmentId: "*" }] })),
);

element("save").addEventListener("submit", (event) => {
  event.preventDefault();
  const { expression } = editor;
  if (!named()) {
    const body = { name: element("name").value, schema: { name: "_xdm.context.profile" }, expression };
    acting(async () => {
      opened = await api("POST", "/segment/definitions", { body });
      named();
    });
    return;
  }
  const { id } = opened;
  acting(async () => {
    const { diagnostics, ...body } = await api("GET", `/segment/definitions/${id}`);
    await api("PATCH", `/segment/definitions/${id}`, { body: { ...body, expression } });
  });
});
element("name").addEventListener("input", named);

element("find").addEventListener("input", () => {
  wanted = MORE;
  refresh();
});
element("more").addEventListener("click", () => {
  wanted = Math.min(wanted + MORE, MOST);
  refresh();
});

element("base").textContent = `${location.origin}/data/core/ups`;
element("example").addEventListener("click", () => editor.open({ format: "pql/text", value: EXAMPLE }));
element("made-up").addEventListener("click", () => loading(madeUp(1000), "made-up people", "profiles"));
element("load").addEventListener("submit", (event) => {
  event.preventDefault();
  loading(element("file").files[0], element("dataset").value.trim(), element("kind").value);
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
