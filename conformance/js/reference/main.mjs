// better-auth behind the testbed protocol: what every other implementation is measured against.
//
//     node reference/main.mjs --listen 127.0.0.1:0
//
// The first three imports change the environment and two globals, and must come
// before anything that loads better-auth.
import "./env.mjs";
import "./clock.mjs";
import "./outbound.mjs";
import { parseArgs } from "node:util";

const { startControl } = await import("./control.mjs");

const { values } = parseArgs({ options: { listen: { type: "string", default: "127.0.0.1:0" } } });
const [host, port] = values.listen.split(":");
const control = await startControl({ host, port: Number(port) });
process.stdout.write(JSON.stringify({ control }) + "\n");

process.on("SIGTERM", () => process.exit(0));
process.stdin.on("end", () => process.exit(0)).resume();
// A callback that nobody awaited failed: worth a line in the log, not the other instances' lives.
process.on("unhandledRejection", (error) => console.error("unhandled rejection:", error));
