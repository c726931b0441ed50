import { collection, getFirestore } from "firebase/firestore/lite";
import { ofParse, ofStrapi, ofTables } from "./backends.js";
import "./planted-late.js";

// The mail server of the old application: MAP_ONLY
export default function Login({ onClick, app }) {
  const load = () => Promise.all([onClick(), ofParse(), ofStrapi(), ofTables()]);
  return <button onClick={() => load().then(() => collection(getFirestore(app), "lockers"))}>Log in</button>;
}
