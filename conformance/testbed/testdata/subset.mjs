// Makes the files of this folder from the contract; see README.md.
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const contract = process.argv[2];
const read = (...path) => JSON.parse(readFileSync(join(contract, ...path), "utf8"));
const write = (name, value) => writeFileSync(new URL(name, import.meta.url), JSON.stringify(value, null, 1) + "\n");

// --- transcripts ---------------------------------------------------------------
// Every row of core but those of the endpoints that speak to a provider, and every row of these plugins. The options of a
// plugin's rows have its name in front.
const plugins = ["two-factor", "bearer"];
const social = ["/sign-in/social", "/callback/:id", "/callback/nope", "/link-social", "/refresh-token", "/get-access-token", "/account-info"];
const rows = read("transcripts.json").filter((row) => plugins.includes(row.plugin) || (row.plugin === "core" && !social.includes(row.endpoint)));
const scenarios = new Map();
for (const { plugin, endpoint, case: name, options = "", request, response, ...more } of rows) {
  const key = plugin === "core" ? options : `${plugin}: ${options}`;
  if (!scenarios.has(key)) scenarios.set(key, []);
  const created = more.db_verification_rows_created;
  const answer = created ? { ...response, db_verification_rows_created: created } : response;
  scenarios.get(key).push({ name: `${endpoint} ${name}`, request, response: answer });
}
write(
  "transcripts.json",
  [...scenarios].map(([options, rows]) => ({ options, rows })),
);

// --- origin checks --------------------------------------------------------------
const vectors = read("vectors.json");
const skipped = [
  "cookie, null origin, same-origin fetch metadata", // needs TLS up to the server
];
write("origin_checks.json", {
  config: vectors.originChecksConfig,
  rows: vectors.originChecks.filter(
    (row) => !social.includes(row.path.split("?")[0]) && !skipped.some((note) => row.note.startsWith(note)),
  ),
});

// --- rate limits ----------------------------------------------------------------
write("rate_limiting.json", vectors.rateLimiting);
// --- HTTP ------------------------------------------------------------------------
write(
  "http_errors.json",
  vectors.httpErrors.filter((row) => !social.includes(row.url.replace("/api/auth", ""))),
);

// --- database ---------------------------------------------------------------------
const fixture = read("fixtures", "fixtures.json")["node-basic"];
copyFileSync(join(contract, "fixtures", fixture.database), new URL("node-basic.db", import.meta.url));
const { secret, baseURL, users, expectations } = fixture;
const session = (name) => expectations[name]?.getSession ?? null;
write("node_basic.json", {
  secret,
  baseURL,
  // Sign-in works for users with a password; the session is what GET /get-session answers to the cookies.
  users: Object.entries(users).map(([name, user]) => ({
    name,
    email: user.email,
    password: user.password,
    cookies: user.cookies ?? {},
    session: session(name),
  })),
  notRemembered: { cookies: users.carol.notRemembered.cookies, session: session("carolNotRemembered") },
});

// --- database with plugins: the second factor ----------------------------------------
const withPlugins = read("fixtures", "fixtures.json")["node-plugins"];
copyFileSync(join(contract, "fixtures", withPlugins.database), new URL("node-plugins.db", import.meta.url));
const { email, password, totpURI, totpSecretRaw, backupCodes, usedBackupCode, bearerToken, trustedDevice, pendingTwoFactor } = withPlugins.users.alice;
write("node_two_factor.json", {
  secret: withPlugins.secret,
  baseURL: withPlugins.baseURL,
  user: { email, password, totpURI, totpSecretRaw, backupCodes, usedBackupCode, bearerToken, trustedDevice: trustedDevice.cookies, pending: pendingTwoFactor },
});
