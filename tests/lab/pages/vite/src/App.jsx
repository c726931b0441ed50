import { lazy } from "react";
import { createClient } from "@supabase/supabase-js";
import { initializeApp } from "firebase/app";
import { ofDirectus, ofPocket, ofRooms } from "./backends.js";
import "./planted.js";

const Login = lazy(() => import("./Login.jsx"));
const supabase = createClient(import.meta.env.VITE_SUPABASE_URL, import.meta.env.VITE_SUPABASE_KEY);
const app = initializeApp({
  apiKey: "AIzaSyA1234567890abcdefghijklmnopqrstuv",
  authDomain: "campus-vite.firebaseapp.com",
  databaseURL: "https://campus-vite-default-rtdb.europe-west1.firebasedatabase.app",
  projectId: "campus-vite",
  storageBucket: "campus-vite.firebasestorage.app",
  appId: "1:123456789012:web:abcdef0123456789",
});

export default function App() {
  const load = async () => {
    await supabase.from("messages").select("id,text");
    await Promise.all([ofPocket(), ofDirectus(), ofRooms(app)]);
  };
  return <Login onClick={load} app={app} />;
}
