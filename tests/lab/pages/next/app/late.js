import "./planted-late.js";

// The mail server of the old application: MAP_ONLY
export default function Late({ onClick }) {
  return <button onClick={onClick}>Load</button>;
}
