import { createClient } from "@supabase/supabase-js";
import { initializeApp } from "firebase/app";
import { collection, getFirestore } from "firebase/firestore/lite";
import { Button } from "react-native";
import { ofDirectus, ofParse, ofPocket, ofRooms, ofStrapi, ofTables } from "./backends.js";
import "./planted.js";
import "./planted-late.js";

const supabase = createClient(process.env.EXPO_PUBLIC_SUPABASE_URL, process.env.EXPO_PUBLIC_SUPABASE_KEY);
const app = initializeApp({
  apiKey: "AIzaSyA1234567890abcdefghijklmnopqrstuv",
  authDomain: "campus-expo.firebaseapp.com",
  databaseURL: "https://campus-expo-default-rtdb.firebaseio.com",
  projectId: "campus-expo",
  storageBucket: "campus-expo.appspot.com",
});

// The mail server of the old application: MAP_ONLY
export default function App() {
  const loads = [ofDirectus, ofParse, ofPocket, ofStrapi, ofTables].map((load) => () => load());
  const load = () => supabase.from("visits").select("id").then(() => collection(getFirestore(app), "lockers"));
  return <Button title="Load" onPress={() => Promise.all([load(), ofRooms(app), ...loads.map((each) => each())])} />;
}
