// What the official client of Algolia says of a key: its rights, and whether it lists, browses and searches.
import { algoliasearch } from "algoliasearch";

const [port, application, key] = process.argv.slice(2);
const hosts = [{ url: "127.0.0.1", port: Number(port), accept: "readWrite", protocol: "http" }];
const client = algoliasearch(application, key, { hosts });
const answer = async (asked) => {
  try {
    return await asked();
  } catch (error) {
    return error.status;
  }
};
const told = {
  rights: await answer(async () => (await client.getApiKey({ key })).acl),
  indexes: await answer(async () => (await client.listIndices({ page: 0, hitsPerPage: 1 })).items.length),
  records: await answer(async () => (await client.browse({ indexName: "people" })).nbHits),
  hits: await answer(async () => (await client.searchSingleIndex({ indexName: "people" })).nbHits),
};
console.log(JSON.stringify(told));
process.exit(0);
