// Which documents may hold PQL? What the server is sent, and for which of them the commands are offered.

/** The languages whose documents the server is told of; it passes over those without PQL. */
export const LANGUAGES = ["pql", "pql-json", "json", "jsonc", "jsonl", "yaml"] as const;

/** Files that are definitions whatever VS Code takes them for. */
export const PATTERN = "**/*.{pql,ndjson,jsonl}";

/** How much of a document is looked at, in characters. */
const LOOKED_AT = 500_000;

/** Whether a document holds PQL as far as can be told from its words; the same test as that of `pql check`. */
export function mayHoldPql(languageId: string, text: string): boolean {
  if (languageId === "pql" || languageId === "pql-json") {
    return true;
  }
  const start = text.slice(0, LOOKED_AT);
  return start.includes("nodeType") || (start.includes("expression") && /pql/i.test(start));
}
