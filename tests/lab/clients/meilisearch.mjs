// What the official client of Meilisearch says of a key: whether it lists keys, indexes and documents, and searches.
import { Meilisearch } from "meilisearch";

const [host, apiKey] = process.argv.slice(2);
const client = new Meilisearch({ host, apiKey });
const answer = async (asked) => {
  try {
    return await asked();
  } catch (error) {
    return error.cause?.code ?? String(error);
  }
};
const told = {
  keys: await answer(async () => (await client.getKeys({ limit: 0 })).total),
  indexes: await answer(async () => (await client.getIndexes({ limit: 0 })).total),
  statistics: await answer(async () => (await client.getStats()).indexes.people.numberOfDocuments),
  documents: await answer(async () => (await client.index("people").getDocuments({ limit: 0 })).total),
  absent: await answer(async () => (await client.index("gone").getDocuments({ limit: 0 })).total),
  hits: await answer(async () => (await client.index("people").search("a")).estimatedTotalHits),
};
console.log(JSON.stringify(told));
process.exit(0);
