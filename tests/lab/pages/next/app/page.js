"use client";

import dynamic from "next/dynamic";
import { createClient } from "@supabase/supabase-js";
import { ofDirectus, ofPocket } from "./backends.js";
import "./planted.js";

const Late = dynamic(() => import("./late.js"), { ssr: false });
const supabase = createClient(process.env.NEXT_PUBLIC_SUPABASE_URL, process.env.NEXT_PUBLIC_SUPABASE_KEY);

export default function Page() {
  return <Late onClick={() => Promise.all([supabase.from("orders").select("id"), ofPocket(), ofDirectus()])} />;
}
