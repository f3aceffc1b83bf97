// How do profiles get in? From a file that is chosen, or made up here; by the API that clients use.

import { call } from "./calls.js";

const FOUNDATION = "/data/foundation";
const SCHEMAS = {
  profiles: "https://ns.adobe.com/xdm/context/profile__union",
  events: "https://ns.adobe.com/xdm/context/experienceevent",
};

// The metrics of the batch: what was taken, and what not.
export async function load(file, dataset, kind) {
  const id = await datasetOf(dataset, kind);
  const batch = await call("POST", `${FOUNDATION}/import/batches`, { body: { datasetId: id } });
  // Names of files may hold anything, and those of a batch may not.
  const name = file.name.replace(/[^\w.-]/g, "_").replace(/^\./, "_").slice(-199) || "file";
  const address = `${FOUNDATION}/import/batches/${batch.id}`;
  await call("PUT", `${address}/datasets/${id}/files/${name}`, { file });
  return (await call("POST", `${address}?action=COMPLETE`)).metrics;
}

async function datasetOf(name, kind) {
  const known = await call("GET", `${FOUNDATION}/catalog/dataSets?name=${encodeURIComponent(name)}`);
  const schema = SCHEMAS[kind];
  const fits = ([, each]) => kind !== "events" || each.schemaRef?.id === schema;
  const found = Object.entries(known).find(fits);
  if (found) return found[0];
  const body = { name, schemaRef: { id: schema } };
  const [address] = await call("POST", `${FOUNDATION}/catalog/dataSets`, { body });
  return address.split("/").pop();
}

const CITIES = ["US Boston", "US Chicago", "DE Berlin", "FR Lyon", "JP Kyoto"];

// The same people every time, so that loading them twice changes nothing.
export function madeUp(count) {
  const lines = [];
  for (let number = 0; number < count; number += 1) {
    const [country, city] = CITIES[(number * 7) % CITIES.length].split(" ");
    const profile = {
      identityMap: { email: [{ id: `person-${number}@example.com`, primary: true }] },
      person: { gender: number % 3 ? "female" : "male", birthYear: 1940 + ((number * 13) % 70) },
      homeAddress: { countryCode: country, city },
    };
    if (number % 4 === 0) {
      const day = String(1 + (number % 28)).padStart(2, "0");
      profile.xEvent = [
        { _id: `order-${number}`, eventType: "commerce.purchases", timestamp: `2024-01-${day}T10:00:00Z` },
      ];
    }
    lines.push(JSON.stringify(profile));
  }
  return new File([lines.join("\n")], "made-up.ndjson");
}
