// How is the server asked? With the headers of the platform, and what is wrong said in words.

const KEPT = ["org", "sandbox", "key"];
export const connection = {
  org: localStorage.getItem("pql.org") || "ACME@AdobeOrg",
  sandbox: localStorage.getItem("pql.sandbox") || "prod",
  key: localStorage.getItem("pql.key") || "",
  // Forgotten with the tab.
  token: sessionStorage.getItem("pql.token") || "",
};

export function connect(values) {
  Object.assign(connection, values);
  for (const name of KEPT) localStorage.setItem(`pql.${name}`, connection[name]);
  sessionStorage.setItem("pql.token", connection.token);
}

export class Refused extends Error {
  constructor(message, status, diagnostics) {
    super(message);
    this.status = status;
    this.diagnostics = diagnostics;
  }
}

export async function call(method, path, { body, file, signal } = {}) {
  const headers = {
    authorization: `Bearer ${connection.token || "page"}`,
    "x-api-key": connection.key || "page",
    "x-gw-ims-org-id": connection.org,
    "x-sandbox-name": connection.sandbox,
  };
  if (body !== undefined) headers["content-type"] = "application/json";
  if (file !== undefined) headers["content-type"] = "application/octet-stream";
  let answer;
  try {
    answer = await fetch(path, { method, headers, signal, body: body === undefined ? file : JSON.stringify(body) });
  } catch (problem) {
    if (problem.name === "AbortError") throw problem;
    if (problem instanceof TypeError && /header|ISO-8859|ByteString/i.test(problem.message))
      throw new Refused("The connection has letters that headers cannot carry.", 0, []);
    throw new Refused("The server does not answer. Is it still running?", 0, []);
  }
  const text = await answer.text();
  let found = null;
  try {
    found = text ? JSON.parse(text) : null;
  } catch {
    found = null;
  }
  if (answer.ok) return found;
  const message = found?.title || found?.message || `The server answered ${answer.status}.`;
  throw new Refused(message, answer.status, found?.diagnostics || []);
}

export const api = (method, path, options) => call(method, `/data/core/ups${path}`, options);
