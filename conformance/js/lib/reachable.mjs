// Prints which of the databases given as arguments can be used: `node lib/reachable.mjs postgres mysql`.
import { reachable } from "./databases.mjs";

console.log(JSON.stringify(await reachable(process.argv.slice(2))));
