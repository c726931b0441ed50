// What the official client of Supabase says of a few tables: their count, the status, and whether a row came.
import { createClient } from "@supabase/supabase-js";

const [url, key] = process.argv.slice(2);
const client = createClient(url, key);
const told = {};
for (const table of ["users", "orders", "secrets"]) {
  const { count, status } = await client.from(table).select("*", { count: "exact", head: true });
  const { data, error } = await client.from(table).select("*").limit(1);
  told[table] = { count, status, rows: data?.length ?? null, code: error?.code ?? null };
}
console.log(JSON.stringify(told));
process.exit(0);
