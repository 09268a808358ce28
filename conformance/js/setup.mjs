// Installs the npm packages exactly as package-lock.json says.
//
//     node setup.mjs
//
// It is `npm ci` with better-sqlite3 always compiled from source: its install
// script would otherwise fetch a prebuilt binary from outside the registry. The
// compiler (python3, make, a C++ compiler) finds Node's headers beside Node
// itself where they are installed, and only else downloads them.
import { spawnSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const env = { ...process.env, npm_config_build_from_source: "true" };
const prefix = [process.execPath, realpathSync(process.execPath)]
  .map((path) => dirname(dirname(path)))
  .concat("/usr", "/usr/local")
  .find((path) => existsSync(join(path, "include", "node", "node.h")));
if (prefix && !env.npm_config_nodedir) env.npm_config_nodedir = prefix;

const { status, error } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], {
  cwd: dirname(fileURLToPath(import.meta.url)),
  env,
  stdio: "inherit",
});
if (error) throw error;
process.exitCode = status ?? 1;
