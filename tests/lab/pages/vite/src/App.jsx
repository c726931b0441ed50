import { lazy } from "react";
import { createClient } from "@supabase/supabase-js";
import { initializeApp } from "firebase/app";
import { collection, getFirestore } from "firebase/firestore/lite";
import PocketBase from "pocketbase";
import "./planted.js";

const Login = lazy(() => import("./Login.jsx"));
const supabase = createClient(import.meta.env.VITE_SUPABASE_URL, import.meta.env.VITE_SUPABASE_KEY);
const pocket = new PocketBase(import.meta.env.VITE_POCKETBASE_URL);
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
    await pocket.collection("posts").getFullList();
    collection(getFirestore(app), "rooms");
  };
  return <Login onClick={load} />;
}
