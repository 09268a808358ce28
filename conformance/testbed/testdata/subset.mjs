// Makes the files of this folder from the contract; see README.md.
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const contract = process.argv[2];
const read = (...path) => JSON.parse(readFileSync(join(contract, ...path), "utf8"));
const write = (name, value) => writeFileSync(new URL(name, import.meta.url), JSON.stringify(value, null, 1) + "\n");

// --- transcripts ---------------------------------------------------------------
const endpoints = ["/sign-up/email", "/sign-in/email", "/sign-out", "/get-session", "/ok", "/error", "*"];
const options = [
  undefined, // email and password enabled, nothing else
  "emailAndPassword.autoSignIn=false",
  "emailAndPassword.enabled=false",
  "emailAndPassword.disableSignUp",
  'disabledPaths=["/sign-up/email"]',
  "session.updateAge=0",
  "session.expiresIn=1",
  "baseURL=https://app.example.com",
  "https baseURL, advanced.crossSubDomainCookies{enabled,domain:example.com}, advanced.cookiePrefix=myapp, defaultCookieAttributes{sameSite:none,partitioned}",
];
const rows = read("transcripts.json").filter(
  (row) => row.plugin === "core" && endpoints.includes(row.endpoint) && options.includes(row.options),
);
write(
  "transcripts.json",
  options.map((text) => ({
    options: text ?? "",
    rows: rows.filter((row) => row.options === text).map(({ endpoint, case: name, request, response }) => ({ name: `${endpoint} ${name}`, request, response })),
  })),
);

// --- origin checks --------------------------------------------------------------
const vectors = read("vectors.json");
const skipped = [
  "cookie, null origin, same-origin fetch metadata", // needs TLS up to the server
  "disableOriginCheck [/sign-in]", // the list is not implemented
];
write("origin_checks.json", {
  config: vectors.originChecksConfig,
  rows: vectors.originChecks.filter(
    (row) => endpoints.includes(row.path.split("?")[0]) && !skipped.some((note) => row.note.startsWith(note)),
  ),
});

// --- rate limits ----------------------------------------------------------------
write("rate_limiting.json", vectors.rateLimiting);

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
