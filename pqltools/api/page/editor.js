// What does the box of the expression do as one types? It checks and converts at once, and then counts.

import { api, call } from "./calls.js";

const CHECK_AFTER = 150;
const COUNT_AFTER = 350;
const POLL = 120;
const element = (id) => document.getElementById(id);
const number = new Intl.NumberFormat("en");

export class Editor {
  constructor(onProblem) {
    this.onProblem = onProblem;
    this.box = element("expression");
    this.turn = 0;
    this.preview = null;
    this.box.addEventListener("input", () => this.changed());
    this.box.addEventListener("scroll", () => this.align());
    element("format").addEventListener("change", () => this.changed());
    new ResizeObserver(() => this.align()).observe(this.box);
  }

  get expression() {
    return { type: "PQL", format: element("format").value, value: this.box.value };
  }

  open(expression) {
    element("format").value = expression.format;
    this.box.value = expression.value;
    this.changed();
    this.box.focus();
  }

  align() {
    const marks = element("marks");
    marks.scrollTop = this.box.scrollTop;
  }

  changed() {
    this.turn += 1;
    clearTimeout(this.timer);
    this.abort?.abort();
    this.abort = new AbortController();
    // What was found about another text is not shown with this one.
    this.mark([]);
    element("save-button").disabled = true;
    element("count").classList.add("old");
    if (!this.box.value.trim()) {
      this.verdict("", "");
      this.show([], null);
      this.clearCount();
      return;
    }
    this.timer = setTimeout(() => this.check(this.turn), CHECK_AFTER);
  }

  async check(turn) {
    try {
      const { format, value } = this.expression;
      const found = await call("POST", "/page/check", { body: { format, value }, signal: this.abort.signal });
      if (turn !== this.turn) return;
      this.show(found.diagnostics, found);
      this.mark(found.diagnostics);
      element("save-button").disabled = !found.valid;
      this.onProblem(null);
      if (!found.valid) {
        this.verdict("The expression is wrong.", "error");
        this.clearCount();
        return;
      }
      const warnings = found.diagnostics.length;
      const but = warnings === 0 ? "" : warnings === 1 ? " There is a warning." : ` There are ${warnings} warnings.`;
      this.verdict(`The expression is right.${but}`, "good");
      this.timer = setTimeout(() => this.count(turn), COUNT_AFTER);
    } catch (problem) {
      this.failed(problem, turn);
    }
  }

  async count(turn) {
    const { format, value } = this.expression;
    const body = { predicateExpression: value, predicateType: format, graphType: "none" };
    try {
      this.drop();
      const { previewId } = await patiently(() => api("POST", "/preview", { body }));
      this.preview = previewId;
      if (turn !== this.turn) return;
      for (;;) {
        const found = await patiently(() => api("GET", `/estimate/${previewId}`, { signal: this.abort.signal }));
        if (turn !== this.turn) return;
        this.showCount(found);
        if (found.state !== "RUNNING") return;
        await new Promise((done) => setTimeout(done, POLL));
        if (turn !== this.turn) return;
      }
    } catch (problem) {
      this.failed(problem, turn);
    }
  }

  drop() {
    if (this.preview !== null) api("DELETE", `/preview/${this.preview}`).catch(() => {});
    this.preview = null;
  }

  failed(problem, turn) {
    if (problem.name === "AbortError" || turn !== this.turn) return;
    this.verdict("", "");
    this.onProblem(problem);
  }

  verdict(text, kind) {
    const place = element("verdict");
    if (place.textContent !== text) place.textContent = text;
    place.className = kind;
    this.box.setAttribute("aria-invalid", String(kind === "error"));
  }

  show(diagnostics, found) {
    element("findings").replaceChildren(...diagnostics.map((each) => finding(each, () => this.select(each))));
    element("description").replaceChildren(...coded(found?.description || "Nothing yet."));
    const other = found?.other;
    element("other-format").textContent = other?.format || (element("format").value === "pql/json" ? "pql/text" : "pql/json");
    element("other").textContent = other ? pretty(other) : "";
  }

  // The text that a finding is about: its letters may be two units of JavaScript each.
  select(each) {
    const letters = Array.from(this.box.value);
    const units = (offset) => letters.slice(0, offset).join("").length;
    this.box.focus();
    this.box.setSelectionRange(units(each.start.offset), units(Math.max(each.end.offset, each.start.offset)));
  }

  mark(diagnostics) {
    const letters = Array.from(this.box.value);
    const parts = [];
    let done = 0;
    const located = diagnostics
      .filter((each) => each.start && each.end)
      .map((each) => [each.start.offset, each.end.offset, each.severity === "error" ? "error" : "warning"])
      .sort((one, other) => one[0] - other[0]);
    for (let [start, end, kind] of located) {
      if (end <= start) end = start + 1;
      start = Math.max(start, done);
      // At the end of the text there is nothing to underline but what stands before it.
      if (start >= letters.length) start = Math.max(done, lastLetter(letters));
      end = Math.min(end, letters.length);
      if (end <= start) continue;
      const mark = document.createElement("mark");
      mark.className = kind;
      mark.textContent = letters.slice(start, end).join("");
      parts.push(letters.slice(done, start).join(""), mark);
      done = end;
    }
    // A last empty line has no height unless something stands in it.
    parts.push(letters.slice(done).join("") + "\n");
    element("marks").replaceChildren(...parts);
    this.align();
  }

  clearCount() {
    element("count").hidden = true;
    this.drop();
  }

  showCount(found) {
    element("count").hidden = false;
    element("count").classList.toggle("old", found.state === "RUNNING");
    if (found.state === "FAILED") {
      element("matched").textContent = "–";
      element("of").textContent = "could not be evaluated";
      element("share").value = 0;
      element("estimate").textContent = found.error.description;
      element("namespaces").replaceChildren();
      return;
    }
    if (found.state === "RUNNING") {
      if (!element("matched").textContent) element("of").textContent = "Counting …";
      element("estimate").textContent = found.profilesReadSoFar
        ? `${number.format(found.profilesReadSoFar)} profiles read so far.`
        : "";
      return;
    }
    const isSample = found.numRowsToRead < found.totalRows;
    const share = found.totalRows ? found.estimatedSize / found.totalRows : 0;
    element("matched").textContent = (isSample ? "≈ " : "") + number.format(found.estimatedSize);
    element("of").textContent = `of ${number.format(found.totalRows)} profiles (${(100 * share).toFixed(1)} %)`;
    element("share").value = share;
    const bounds = found.confidenceBounds;
    element("estimate").textContent = isSample
      ? `From a sample of ${number.format(found.numRowsToRead)}; with ${found.confidenceInterval} between ` +
        `${number.format(bounds.lower)} and ${number.format(bounds.upper)}.`
      : found.error.description;
    const spaces = found.estimatedNamespaceDistribution;
    element("namespaces").replaceChildren(
      ...spaces.map((each) => chip(`${each.namespaceId || "no namespace"} ${number.format(each.profilesMatchedSoFar)}`)),
    );
  }
}

// The server may have been told to refuse some requests, as the platform does.
async function patiently(ask) {
  for (let tries = 0; ; tries += 1) {
    try {
      return await ask();
    } catch (problem) {
      if (![404, 429, 503].includes(problem.status) || tries === 5) throw problem;
      await new Promise((done) => setTimeout(done, POLL * 2 ** tries));
    }
  }
}

// What stands between backticks is code.
function coded(text) {
  return text.split("`").map((part, place, parts) => {
    if (place % 2 === 0) return part;
    if (place === parts.length - 1) return `\`${part}`;
    const code = document.createElement("code");
    code.textContent = part;
    return code;
  });
}

export function chip(text) {
  const item = document.createElement("li");
  item.textContent = text;
  return item;
}

function lastLetter(letters) {
  let place = letters.length - 1;
  while (place > 0 && !letters[place].trim()) place -= 1;
  return Math.max(place, 0);
}

function pretty({ format, value }) {
  if (format !== "pql/json") return value;
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}

function finding(each, select) {
  const item = document.createElement("li");
  item.className = each.severity === "error" || !each.severity ? "error" : "warning";
  const isPlaced = Boolean(each.start && each.end);
  const code = document.createElement(isPlaced ? "button" : "span");
  code.className = isPlaced ? "plain code" : "code quiet";
  if (isPlaced) {
    code.type = "button";
    code.title = "Show where";
    code.addEventListener("click", select);
  }
  code.textContent = (isPlaced ? `${each.start.line}:${each.start.column} ` : "") + (each.code || "");
  item.append(code, " ", ...coded(each.message));
  if (each.help) {
    const help = document.createElement("span");
    help.className = "help";
    help.append(...coded(each.help));
    item.append(help);
  }
  return item;
}
