// What the official clients of Firestore and of Firebase Storage say of a few collections and folders.
import { initializeApp } from "firebase/app";
import { collection, connectFirestoreEmulator, getCount, getDocs, getFirestore, limit, query } from "firebase/firestore/lite";
import { connectStorageEmulator, getStorage, list, ref } from "firebase/storage";

const port = Number(process.argv[2]);
const app = initializeApp({ projectId: "campus-app", storageBucket: "campus-app.appspot.com", apiKey: "invented" });
const [database, storage] = [getFirestore(app), getStorage(app)];
connectFirestoreEmulator(database, "127.0.0.1", port);
connectStorageEmulator(storage, "127.0.0.1", port);
const answer = async (asked) => {
  try {
    return await asked();
  } catch (error) {
    return error.code;
  }
};
const told = {};
for (const name of ["chats", "users"]) {
  const place = collection(database, name);
  told[name] = {
    count: await answer(async () => (await getCount(place)).data().count),
    documents: await answer(async () => (await getDocs(query(place, limit(1)))).size),
    files: await answer(async () => (await list(ref(storage, name))).items.length),
  };
}
console.log(JSON.stringify(told));
process.exit(0);
