// How do things stand? Segments with their sizes, jobs with their progress, what was loaded.

import { chip } from "./editor.js";

const element = (id) => document.getElementById(id);
const number = new Intl.NumberFormat("en");
const time = (instant) => new Date(instant).toISOString().slice(0, 19).replace("T", " ");
const SHOWN_ERRORS = 3;
const ENDED = ["SUCCEEDED", "FAILED", "CANCELLED"];

// Rows are kept while they say the same, so that the focus stays where it is.
function fill(id, rows, key, made) {
  const body = element(id).tBodies[0];
  const there = new Map([...body.rows].map((row) => [row.dataset.key, row]));
  const wanted = rows.map((each) => {
    const text = JSON.stringify(each);
    const old = there.get(key(each));
    if (old && old.dataset.said === text) return old;
    const row = document.createElement("tr");
    row.dataset.key = key(each);
    row.dataset.said = text;
    row.append(...made(each));
    return row;
  });
  const focused = body.contains(document.activeElement) ? document.activeElement.closest("tr").dataset.key : null;
  if (wanted.length !== body.rows.length || wanted.some((row, place) => row !== body.rows[place])) {
    body.replaceChildren(...wanted);
    if (focused !== null) [...body.rows].find((row) => row.dataset.key === focused)?.querySelector("button")?.focus();
  }
  element(id).hidden = rows.length === 0;
  element(`no-${id}`).hidden = rows.length > 0;
}

function cell(content, kind) {
  const found = document.createElement("td");
  if (kind) found.className = kind;
  found.append(...[content].flat());
  return found;
}

// The day and the time, which may stand on two lines, but are not broken themselves.
function moment(instant) {
  return time(instant)
    .split(" ")
    .flatMap((part) => {
      const found = document.createElement("span");
      found.className = "whole";
      found.textContent = part;
      return [found, " "];
    });
}

function button(text, label, action) {
  const found = document.createElement("button");
  found.type = "button";
  found.className = "plain";
  found.textContent = text;
  if (label) found.setAttribute("aria-label", label);
  found.addEventListener("click", action);
  return found;
}

const counted = (value) => (value === null || value === undefined ? "–" : number.format(value));

export function showState(state, { open, cancel, most }) {
  element("version").textContent = state.version;
  element("segment-count").textContent = number.format(state.all);
  element("job-count").textContent = number.format(state.jobCount);
  const profiles = Object.values(state.profiles).reduce((one, other) => one + other, 0);
  element("profile-count").textContent = number.format(profiles);
  element("run").disabled = state.all === 0;
  const shown = state.definitions.length;
  element("find-part").hidden = state.all <= 10;
  element("segments-part").hidden = shown === 0;
  element("no-segments").textContent = state.all ? "No segment has this in its name." : "No segments yet. Write an expression and save it.";
  element("more-segments").hidden = shown === state.definitionCount;
  element("more").hidden = shown >= most;
  element("shown-segments").textContent = `The newest ${number.format(shown)} of ${number.format(state.definitionCount)}.`;
  fill("segments", state.definitions, (each) => each.id, (each) => [
    cell(button(each.name, `Open ${each.name}`, () => open(each))),
    cell(counted(each.size), "number"),
    cell(each.methods.join(", "), "quiet"),
  ]);
  fill("jobs", state.jobs, (each) => each.id, (each) => [
    cell(moment(each.creationTime)),
    cell(status(each, cancel), `status-${each.status}`),
    cell(number.format(each.segments), "number"),
    cell(counted(each.qualified), "number"),
    cell(each.milliseconds === null ? "–" : `${(each.milliseconds / 1000).toFixed(1)} s`, "number"),
  ]);
  fill("batches", state.batches, (each) => each.id, (each) => [
    cell(each.dataset),
    cell(moment(each.ingested)),
    cell(number.format(each.profiles), "number"),
    cell(number.format(each.events), "number"),
    cell(number.format(each.bad), each.bad ? "number error-text" : "number"),
  ]);
  const spaces = Object.entries(state.profiles);
  element("profile-namespaces").replaceChildren(
    ...spaces.map(([name, count]) => chip(`${name || "no namespace"} ${number.format(count)}`)),
  );
  element("schedules-part").hidden = state.schedules.length === 0;
  element("schedules").replaceChildren(
    ...state.schedules.map((each) => {
      const item = document.createElement("li");
      const cron = document.createElement("code");
      cron.textContent = each.schedule;
      item.append(`${each.name}: `, cron, ` UTC, ${each.state}`);
      return item;
    }),
  );
  return state.jobs.some((each) => !ENDED.includes(each.status));
}

function status(job, cancel) {
  const parts = [job.status];
  if (job.progress) {
    const [read, of] = job.progress;
    const bar = document.createElement("progress");
    bar.max = Math.max(of, 1);
    bar.value = Math.min(read, of);
    bar.setAttribute("aria-label", `${number.format(read)} of ${number.format(of)} profiles`);
    parts.push(bar);
  }
  if (!ENDED.includes(job.status) && job.status !== "CANCELLING")
    parts.push(" ", button("Cancel", `Cancel the job of ${time(job.creationTime)}`, () => cancel(job)));
  const errors = job.errors || [];
  const texts = errors.slice(0, SHOWN_ERRORS).map((each) => each.msg);
  if (errors.length > SHOWN_ERRORS) texts.push(`And ${number.format(errors.length - SHOWN_ERRORS)} more.`);
  for (const text of texts) {
    const error = document.createElement("span");
    error.className = "help quiet";
    error.textContent = text;
    parts.push(error);
  }
  return parts;
}
