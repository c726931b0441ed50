import Parse from "parse";
import "./planted-late.js";

// The mail server of the old application: MAP_ONLY
Parse.initialize("campusApp", "campusKey");
Parse.serverURL = import.meta.env.VITE_PARSE_URL;

export default function Login({ onClick }) {
  return <button onClick={() => onClick().then(() => new Parse.Query("Customer").find())}>Log in</button>;
}
