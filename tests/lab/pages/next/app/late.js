import { initializeApp } from "firebase/app";
import { collection, getFirestore } from "firebase/firestore/lite";
import { ofParse, ofRooms, ofStrapi, ofTables } from "./backends.js";
import "./planted-late.js";

const app = initializeApp({
  apiKey: "AIzaSyA1234567890abcdefghijklmnopqrstuv",
  authDomain: "campus-next.firebaseapp.com",
  projectId: "campus-next",
});

// The mail server of the old application: MAP_ONLY
export default function Late({ onClick }) {
  const load = () => Promise.all([onClick(), ofParse(), ofStrapi(), ofTables(), ofRooms(app)]);
  return <button onClick={() => load().then(() => collection(getFirestore(app), "lockers"))}>Load</button>;
}
