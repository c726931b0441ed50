// The backends of one's own, by their official clients. The build puts values of the environment in the place of ENV.
import { createDirectus, readItems, rest } from "@directus/sdk";
import { strapi } from "@strapi/client";
import { collection, getDocs, getFirestore } from "firebase/firestore/lite";
import { GraphQLClient, gql } from "graphql-request";
import Parse from "parse";
import PocketBase from "pocketbase";

Parse.initialize("labapplication", "campusKey");
Parse.serverURL = ENV.PARSE_URL;
const Order = Parse.Object.extend("orders");
const pocket = new PocketBase(ENV.POCKETBASE_URL);
const items = createDirectus(ENV.DIRECTUS_URL).with(rest());
const entries = strapi({ baseURL: ENV.STRAPI_URL });
const tables = new GraphQLClient(ENV.GRAPHQL_URL);
const PEOPLE = gql`
  query People($first: Int) {
    allCustomers(first: $first) { nodes { id email } }
    allNotes(first: $first) { nodes { id } }
  }
`;
const ORDERS = gql`{ orders: allOrders(first: 20) { nodes { id } } }`;

export const ofPocket = () =>
  Promise.all([
    pocket.collection("customers").getFullList(),
    pocket.collection("orders").getList(1, 20),
    pocket.collection("notes").getFirstListItem("id != ''"),
  ]);
export const ofParse = () =>
  Promise.all([new Parse.Query("customers").find(), new Parse.Query(Order).find(), new Parse.Query("notes").first()]);
export const ofDirectus = () =>
  Promise.all([
    items.request(readItems("customers", { limit: 20 })),
    items.request(readItems("orders")),
    items.request(readItems("notes")),
  ]);
export const ofStrapi = () =>
  Promise.all([
    entries.collection("customers").find({ pagination: { pageSize: 20 } }),
    entries.collection("orders").find(),
    entries.collection("notes").find(),
  ]);
export const ofTables = () => Promise.all([tables.request(PEOPLE, { first: 20 }), tables.request(ORDERS)]);
export const ofRooms = (app) => {
  const db = getFirestore(app);
  return Promise.all([getDocs(collection(db, "rooms")), getDocs(collection(db, "campus", "north", "visits"))]);
};
