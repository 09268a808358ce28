// Makes the files of this folder from the contract; see README.md.
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const contract = process.argv[2];
const read = (...path) => JSON.parse(readFileSync(join(contract, ...path), "utf8"));
const write = (name, value) => writeFileSync(new URL(name, import.meta.url), JSON.stringify(value, null, 1) + "\n");

// --- transcripts ---------------------------------------------------------------
// Every row of core but those of the endpoints that speak to a provider, and of scenarios with one; and every row of these
// plugins. The options of a plugin's rows have its name in front.
const plugins = ["two-factor", "bearer"];
const social = ["/sign-in/social", "/callback/:id", "/callback/nope", "/link-social", "/refresh-token", "/get-access-token", "/account-info"];
const rows = read("transcripts.json").filter(
  (row) => plugins.includes(row.plugin) || (row.plugin === "core" && !row.options?.includes("socialProviders") && !social.includes(row.endpoint)),
);
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

// --- sign-in with a provider -------------------------------------------------------
const flows = ["generic-oauth", "one-tap", "oauth-proxy", "oauth-popup"];
const withProviders = "socialProviders.github+google";
const providerRows = read("transcripts.json").filter(
  (row) => flows.includes(row.plugin) || (row.plugin === "core" && (row.options === withProviders || (!row.options && social.includes(row.endpoint)))),
);
const providerScenarios = new Map();
for (const { plugin, endpoint, case: name, options = "", ...row } of providerRows) {
  const key = `${plugin}: ${options}`;
  if (!providerScenarios.has(key)) providerScenarios.set(key, []);
  providerScenarios.get(key).push({
    name: `${endpoint} ${name}`,
    request: row.request,
    response: { ...row.response, db_verification_rows_created: row.db_verification_rows_created },
  });
}
write(
  "social_transcripts.json",
  [...providerScenarios].map(([options, rows]) => ({ options, rows })),
);

// --- admin ----------------------------------------------------------------------
write(
  "admin_transcripts.json",
  read("transcripts.json")
    .filter((row) => row.plugin === "admin")
    .map(({ endpoint, case: name, request, response }) => ({ name: `${endpoint} ${name}`, request, response })),
);

// --- plugins ----------------------------------------------------------------------
// Every row of a plugin, in a file of its own. The names of rows are those of their endpoint and case.
for (const plugin of ["organization"]) {
  const scenarios = new Map();
  for (const { plugin: of, endpoint, case: name, options = "", request, response } of read("transcripts.json")) {
    if (of !== plugin) continue;
    if (!scenarios.has(options)) scenarios.set(options, []);
    scenarios.get(options).push({ name: `${endpoint} ${name}`, request, response });
  }
  write(
    `transcripts_${plugin}.json`,
    [...scenarios].map(([options, rows]) => ({ options, rows })),
  );
}

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

// --- database with plugins: admin ---------------------------------------------------
const administered = read("fixtures", "fixtures.json")["node-plugins"];
copyFileSync(join(contract, "fixtures", administered.database), new URL("node-plugins.db", import.meta.url));
const loginOf = ({ id, email, password, cookies }) => ({ id, email, password, cookies });
write("node_admin.json", {
  secret: administered.secret,
  baseURL: administered.baseURL,
  admin: loginOf(administered.users.bob),
  banned: loginOf(administered.users.dave),
  carol: loginOf(administered.users.carol),
  impersonating: administered.users.bob.impersonatingCarol.cookies,
});

// --- database with plugins: organizations -------------------------------------------
const organized = read("fixtures", "fixtures.json")["node-plugins"];
write("node_organization.json", {
  secret: organized.secret,
  baseURL: organized.baseURL,
  statements: organized.options.plugins.organization.statements,
  roles: organized.options.plugins.organization.roles,
  users: Object.fromEntries(["erin", "frank", "grace"].map((name) => [name, organized.users[name] ?? null])),
  ...organized.organization,
});

// --- database with plugins: the second factor ----------------------------------------
const withPlugins = read("fixtures", "fixtures.json")["node-plugins"];
const { email, password, totpURI, totpSecretRaw, backupCodes, usedBackupCode, bearerToken, trustedDevice, pendingTwoFactor } = withPlugins.users.alice;
write("node_two_factor.json", {
  secret: withPlugins.secret,
  baseURL: withPlugins.baseURL,
  user: { email, password, totpURI, totpSecretRaw, backupCodes, usedBackupCode, bearerToken, trustedDevice: trustedDevice.cookies, pending: pendingTwoFactor },
});
