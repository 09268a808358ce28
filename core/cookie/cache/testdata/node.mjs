// Writes node.json: what better-auth 1.7.25 makes of cookies, its own and others, which the tests expect of this package.
// Run it in a folder that has better-auth installed:
//
//     node …/node.mjs > …/node.json
//
// It also judges go.json, which the Go tests write (go test -run TestNodeReadsOurs -update).
import { createCipheriv, createHash, createHmac, hkdfSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// The clock stands still.
const NOW = Date.parse("2026-01-02T03:04:05.678Z");
globalThis.Date = class extends Date {
	constructor(...args) {
		super(...(args.length ? args : [NOW]));
	}
	static now() {
		return NOW;
	}
};
console.error = console.warn = () => {};

const from = createRequire(process.cwd() + "/");
const load = (name) => import(pathToFileURL(from.resolve(name)));
const { createSessionStore, getCookieCache, getSessionCookie } = await load("better-auth/cookies");
const { signJWT, symmetricDecodeJWT, symmetricEncodeJWT } = await load("better-auth/crypto");

const secret = "contract-vector-secret-0123456789-abcdefghijklmnop";
const b64 = (x) => Buffer.from(x).toString("base64url");
const hmac = (key, text, hash = "sha256") => createHmac(hash, key).update(text).digest();

const session = {
	expiresAt: "2026-01-09T03:04:05.678Z", token: "tok-1", createdAt: "2026-01-02T03:04:05.678Z", updatedAt: "2026-01-02T03:04:05.678Z",
	ipAddress: "203.0.113.7", userAgent: null, userId: "u1", id: "s1",
};
const user = {
	name: "Ann", email: "ann@example.com", emailVerified: true, image: null, createdAt: "2026-01-02T03:04:05.678Z", updatedAt: "2026-01-02T03:04:05.678Z", id: "u1",
};
const payload = { session, user, updatedAt: NOW, version: "1" };
const without = (object, key) => Object.fromEntries(Object.entries(object).filter(([k]) => k !== key));

// Makers of any value whatever. They sign the text they are given, as better-auth signs its own.
const compactText = (text, expiresAt = NOW + 300000, key = secret) =>
	b64(`{"session":${text},"expiresAt":${expiresAt},"signature":"${b64(hmac(key, `${text.slice(0, -1)},"expiresAt":${expiresAt}}`))}"}`);
const compact = (value, ...rest) => compactText(JSON.stringify(value), ...rest);
const times = { iat: Math.floor(NOW / 1000), exp: Math.floor(NOW / 1000) + 300 };
const jwt = (claims, header = { alg: "HS256" }, key = secret, hash = "sha256") => {
	const signed = `${b64(JSON.stringify(header))}.${b64(JSON.stringify(claims))}`;
	return `${signed}.${b64(hmac(key, signed, hash))}`;
};
const keyOf = (value, salt = "better-auth-session") => Buffer.from(hkdfSync("sha256", value, salt, "BetterAuth.js Generated Encryption Key", 64));
const kidOf = (key) => createHash("sha256").update(`{"k":"${b64(key)}","kty":"oct"}`).digest("base64url");
const jwe = (claims, { key = keyOf(secret), header, encryptedKey = "", tagLength = 32 } = {}) => {
	const aad = b64(JSON.stringify(header ?? { alg: "dir", enc: "A256CBC-HS512", kid: kidOf(key) }));
	const iv = Buffer.alloc(16, 7);
	const cipher = createCipheriv("aes-256-cbc", key.subarray(32), iv);
	const sealed = Buffer.concat([cipher.update(typeof claims === "string" ? claims : JSON.stringify(claims)), cipher.final()]);
	const length = Buffer.alloc(8);
	length.writeBigUInt64BE(BigInt(aad.length * 8));
	const tag = hmac(key.subarray(0, 32), Buffer.concat([Buffer.from(aad), iv, sealed, length]), "sha512").subarray(0, tagLength);
	return [aad, encryptedKey, b64(iv), b64(sealed), b64(tag)].join(".");
};
const gcm = (claims, key) => {
	const aad = b64(JSON.stringify({ alg: "dir", enc: "A256GCM", kid: kidOf(keyOf(secret)) }));
	const cipher = createCipheriv("aes-256-gcm", key, Buffer.alloc(12, 7));
	cipher.setAAD(Buffer.from(aad));
	const sealed = Buffer.concat([cipher.update(JSON.stringify(claims)), cipher.final()]);
	return [aad, "", b64(Buffer.alloc(12, 7)), b64(sealed), b64(cipher.getAuthTag())].join(".");
};
const dir = (more) => ({ alg: "dir", enc: "A256CBC-HS512", kid: kidOf(keyOf(secret)), ...more });
const all = { ...payload, ...times };
const json = JSON.stringify;

const values = {
	compact: {
		good: compact(payload),
		"no version": compact(without(payload, "version")),
		"empty version": compact({ ...payload, version: "" }),
		"version 2": compact({ ...payload, version: "2" }),
		"version null": compact({ ...payload, version: null }),
		"version number": compact({ ...payload, version: 1 }),
		"no updatedAt": compact(without(payload, "updatedAt")),
		"updatedAt text": compact({ ...payload, updatedAt: "1" }),
		"unknown members": compact({ ...payload, session: { ...session, plan: "x", list: [1, { a: "b" }] }, extra: true }),
		"expires this millisecond": compact(payload, NOW),
		"expires next millisecond": compact(payload, NOW + 1),
		"expired": compact(payload, NOW - 1),
		"expiry in quotes": compactText(json(payload), `"${NOW + 300000}"`),
		"session expires this millisecond": compact({ ...payload, session: { ...session, expiresAt: "2026-01-02T03:04:05.678Z" } }),
		"session expires next millisecond": compact({ ...payload, session: { ...session, expiresAt: "2026-01-02T03:04:05.679Z" } }),
		"session expired": compact({ ...payload, session: { ...session, expiresAt: "2026-01-02T03:04:05.677Z" } }),
		"session expiry a number": compact({ ...payload, session: { ...session, expiresAt: NOW + 1000 } }),
		"session expiry without seconds": compact({ ...payload, session: { ...session, expiresAt: "2026-01-09T03:04Z" } }),
		"session expiry with offset": compact({ ...payload, session: { ...session, expiresAt: "2026-01-09T03:04:05.678+00:00" } }),
		"session expiry impossible": compact({ ...payload, session: { ...session, expiresAt: "2026-13-09T03:04:05.678Z" } }),
		...Object.fromEntries(Object.keys(session).map((k) => [`no session.${k}`, compact({ ...payload, session: without(session, k) })])),
		...Object.fromEntries(Object.keys(user).map((k) => [`no user.${k}`, compact({ ...payload, user: without(user, k) })])),
		...Object.fromEntries(Object.keys(session).map((k) => [`session.${k} true`, compact({ ...payload, session: { ...session, [k]: true } })])),
		...Object.fromEntries(Object.keys(user).map((k) => [`user.${k} 5`, compact({ ...payload, user: { ...user, [k]: 5 } })])),
		...Object.fromEntries(["session", "user"].flatMap((k) => [[`no ${k}`, compact(without(payload, k))], [`${k} null`, compact({ ...payload, [k]: null })], [`${k} a list`, compact({ ...payload, [k]: [] })]])),
		"mixed-case email": compact({ ...payload, user: { ...user, email: "Ann@Example.COM" } }),
		"name like a date": compact({ ...payload, user: { ...user, name: "2026-01-01T00:00:00Z" } }),
		"name like a date with milliseconds": compact({ ...payload, user: { ...user, name: "2026-01-01T00:00:00.000Z" } }),
		"number with many digits": compactText(json({ ...payload, session: { ...session, n: 1 } }).replace('"n":1', '"n":12345678901234567890')),
		"payload with spaces": compactText(json(payload, null, 1)),
		"duplicate member": compactText(json(payload).replace('"version":"1"', '"version":"2","version":"1"')),
		"another secret": compact(payload, NOW + 300000, "another secret"),
		"standard alphabet, padded": Buffer.from(compact(payload), "base64url").toString("base64"),
		"padded": compact(payload) + "=".repeat((4 - (compact(payload).length % 4)) % 4),
		"text after padding": compact(payload) + "==x",
		"signature of the session alone": b64(json({ session: payload, expiresAt: NOW + 300000, signature: b64(hmac(secret, json(payload))) })),
		"signature in standard base64": b64(json({ session: payload, expiresAt: NOW + 300000, signature: hmac(secret, json({ ...payload, expiresAt: NOW + 300000 })).toString("base64") })),
		"expiry inside the payload": b64(json({ session: { ...payload, expiresAt: NOW + 300000 }, signature: b64(hmac(secret, json({ ...payload, expiresAt: NOW + 300000 }))) })),
		"not an object": b64("[]"),
		"not JSON": b64("{"),
		"a jwt": jwt(all),
		"a jwe": jwe(all),
	},
	jwt: {
		good: await signJWT(payload, secret, 300),
		made: jwt(all),
		"typ JWT": jwt(all, { alg: "HS256", typ: "JWT" }),
		"header in another order": jwt(all, { typ: "JWT", alg: "HS256" }),
		"alg none": `${b64('{"alg":"none"}')}.${b64(json(all))}.`,
		"alg none, signed": jwt(all, { alg: "none" }),
		"alg HS384": jwt(all, { alg: "HS384" }, secret, "sha384"),
		"alg HS512": jwt(all, { alg: "HS512" }, secret, "sha512"),
		"alg hs256": jwt(all, { alg: "hs256" }),
		"alg RS256": jwt(all, { alg: "RS256" }),
		"no alg": jwt(all, {}),
		"crit": jwt(all, { alg: "HS256", crit: ["exp"], exp: 1 }),
		"crit b64": jwt(all, { alg: "HS256", crit: ["b64"], b64: false }),
		"another secret": jwt(all, { alg: "HS256" }, "another secret"),
		"no exp": jwt({ ...payload, iat: times.iat }),
		"exp text": jwt({ ...all, exp: String(times.exp) }),
		"exp this second": jwt({ ...all, exp: times.iat }),
		"exp next second": jwt({ ...all, exp: times.iat + 1 }),
		"expired": jwt({ ...all, exp: times.iat - 1 }),
		"nbf past": jwt({ ...all, nbf: times.iat }),
		"nbf future": jwt({ ...all, nbf: times.iat + 1 }),
		"nbf text": jwt({ ...all, nbf: "1" }),
		"verification token": jwt({ email: "ann@example.com", ...times }),
		"claims not an object": jwt([]),
		"claims empty": jwt({}),
		"session expired": jwt({ ...all, session: { ...session, expiresAt: "2026-01-02T03:04:05.677Z" } }),
		"two parts": jwt(all).split(".").slice(0, 2).join("."),
		"four parts": jwt(all) + ".x",
		"signature padded": jwt(all) + "=",
		"compact": compact(payload),
		"a jwe": jwe(all),
	},
	jwe: {
		good: await symmetricEncodeJWT(payload, secret, "better-auth-session", 300),
		made: jwe(all),
		"account key": jwe(all, { key: keyOf(secret, "better-auth-account") }),
		"account key, our kid": jwe(all, { key: keyOf(secret, "better-auth-account"), header: dir() }),
		"another secret": jwe(all, { key: keyOf("another secret") }),
		"another secret, our kid": jwe(all, { key: keyOf("another secret"), header: dir() }),
		"another secret's kid": jwe(all, { header: dir({ kid: kidOf(keyOf("another secret")) }) }),
		"no kid": jwe(all, { header: { alg: "dir", enc: "A256CBC-HS512" } }),
		"kid null": jwe(all, { header: dir({ kid: null }) }),
		"kid number": jwe(all, { header: dir({ kid: 1 }) }),
		"kid empty": jwe(all, { header: dir({ kid: "" }) }),
		"header in another order": jwe(all, { header: { kid: kidOf(keyOf(secret)), enc: "A256CBC-HS512", alg: "dir" } }),
		"typ JWT": jwe(all, { header: dir({ typ: "JWT" }) }),
		"jwk in the header": jwe(all, { header: dir({ jwk: { kty: "oct", k: b64(keyOf("another secret")) } }) }),
		"alg A256KW": jwe(all, { header: dir({ alg: "A256KW" }) }),
		"alg none": jwe(all, { header: dir({ alg: "none" }) }),
		"enc A128CBC-HS256": jwe(all, { header: dir({ enc: "A128CBC-HS256" }) }),
		"enc A256GCM named": jwe(all, { header: dir({ enc: "A256GCM" }) }),
		"enc A256GCM, first half": gcm(all, keyOf(secret).subarray(0, 32)),
		"enc A256GCM, second half": gcm(all, keyOf(secret).subarray(32)),
		"crit": jwe(all, { header: dir({ crit: ["exp"], exp: 1 }) }),
		"zip unknown": jwe(all, { header: dir({ zip: "GZ" }) }),
		"encrypted key": jwe(all, { encryptedKey: "AAAA" }),
		"short tag": jwe(all, { tagLength: 16 }),
		"long tag": jwe(all, { tagLength: 64 }),
		"no tag": jwe(all).split(".").slice(0, 4).join(".") + ".",
		"four parts": jwe(all).split(".").slice(0, 4).join("."),
		"six parts": jwe(all) + ".x",
		"no exp": jwe({ ...payload, iat: times.iat }),
		"exp this second": jwe({ ...all, exp: times.iat }),
		"exp next second": jwe({ ...all, exp: times.iat + 1 }),
		"expired 14 s": jwe({ ...all, exp: times.iat - 14 }),
		"expired 15 s": jwe({ ...all, exp: times.iat - 15 }),
		"nbf 15 s ahead": jwe({ ...all, nbf: times.iat + 15 }),
		"session expired": jwe({ ...all, session: { ...session, expiresAt: "2026-01-02T03:04:05.677Z" } }),
		"claims not an object": jwe([]),
		"claims not JSON": jwe("{"),
		"a jwt": jwt(all),
		"compact": compact(payload),
	},
};

const cache = (value, strategy) => getCookieCache(new Headers({ cookie: `better-auth.session_data=${value}` }), { secret, strategy, isSecure: false }).catch(() => null);
// email is that of the user Node found, null if it refuses the cookie.
const judged = [];
for (const [strategy, cases] of Object.entries(values))
	for (const [name, value] of Object.entries(cases)) judged.push({ strategy, name, value, email: (await cache(value, strategy))?.user.email ?? null });

// A rotation from "first" over "second" to the current secret, with a legacy one.
const rotation = { keys: new Map([[3, secret], [2, "second secret"], [1, "first secret"]]), currentVersion: 3, legacySecret: "legacy secret" };
const rotated = [];
for (const [name, value] of Object.entries({
	current: jwe(all),
	second: jwe(all, { key: keyOf("second secret") }),
	first: jwe(all, { key: keyOf("first secret") }),
	legacy: jwe(all, { key: keyOf("legacy secret") }),
	"first, no kid": jwe(all, { key: keyOf("first secret"), header: { alg: "dir", enc: "A256CBC-HS512" } }),
	"legacy, no kid": jwe(all, { key: keyOf("legacy secret"), header: { alg: "dir", enc: "A256CBC-HS512" } }),
	"first under the second's kid": jwe(all, { key: keyOf("first secret"), header: dir({ kid: kidOf(keyOf("second secret")) }) }),
	unknown: jwe(all, { key: keyOf("unknown secret") }),
	"unknown, no kid": jwe(all, { key: keyOf("unknown secret"), header: { alg: "dir", enc: "A256CBC-HS512" } }),
}))
	rotated.push({ name, value, opens: (await symmetricDecodeJWT(value, rotation, "better-auth-session")) !== null });

const accountKey = keyOf(secret, "better-auth-account");
const account = { id: "acc1", providerId: "github", accountId: "1", userId: "u1", accessToken: "gho_x", accessTokenExpiresAt: "2026-01-02T04:04:05.678Z", scope: null };
const accounts = [];
for (const [name, value] of Object.entries({
	good: await symmetricEncodeJWT(account, secret, "better-auth-account", 300),
	"issued again": await symmetricEncodeJWT({ ...account, iat: 1, exp: 2, jti: "old" }, secret, "better-auth-account", 300),
	empty: jwe(times, { key: accountKey }),
	"session key": jwe({ ...account, ...times }),
	"expired 14 s": jwe({ ...account, ...times, exp: times.iat - 14 }, { key: accountKey }),
	"expired 15 s": jwe({ ...account, ...times, exp: times.iat - 15 }, { key: accountKey }),
	"nbf 15 s ahead": jwe({ ...account, ...times, nbf: times.iat + 15 }, { key: accountKey }),
	"nbf 16 s ahead": jwe({ ...account, ...times, nbf: times.iat + 16 }, { key: accountKey }),
	"not an object": jwe([], { key: accountKey }),
}))
	accounts.push({ name, value, node: await symmetricDecodeJWT(value, secret, "better-auth-account") });

// How values are spread over cookies, and what happens to those that the request has.
const attributes = { secure: false, sameSite: "lax", path: "/", httpOnly: true, maxAge: 300 };
const spread = [];
for (const [length, header] of [
	[0, ""], [4000, ""], [4001, ""], [9000, ""], [400000, ""], [400001, ""],
	[10, "a=b; n.0=x; n.1=y; n.2=z"], [10, "n=old"], [9000, "n=old; n.1=y"], [9000, "n.7=x; n.2=y; n.0=z; n.2=w"], [400001, "n=a; n.0=b"],
	[10, 'n.00=a; n.=b; n.x=c; n.1.0=d; nn.0=e; n.-1=f; "n.2"=g; n.3="h;i"; n.4'],
]) {
	const store = createSessionStore("n", attributes, { headers: new Headers({ cookie: header }), context: { logger: { warn() {}, debug() {} } } });
	spread.push({ length, header, cookies: store.chunk("v".repeat(length), {}).map((c) => ({ name: c.name, length: c.value.length, maxAge: c.attributes.maxAge })) });
}

const tokens = [];
for (const [header, config] of [
	["better-auth.session_token=t.s"], ["__Secure-better-auth.session_token=t.s"], ["better-auth-session_token=t.s"], ["__Secure-better-auth-session_token=t.s"],
	["better-auth.session_token=plain; __Secure-better-auth.session_token=secure"], ["__Secure-better-auth.session_token=secure; better-auth.session_token=plain"],
	["__Secure-better-auth.session_token=; better-auth.session_token=plain"], ["__Secure-better-auth.session_token=; better-auth-session_token=dash"],
	["better-auth.session_token=a; better-auth.session_token=b"], ["better-auth.session_token=t.s%2B%3D"], ["__Host-better-auth.session_token=t"], ["other=x"], [""],
	["app.session_token=t", { cookiePrefix: "app" }], ["better-auth.session_token=t", { cookiePrefix: "app" }], ["app.sid=t; __Secure-app-sid=u", { cookiePrefix: "app", cookieName: "sid" }],
])
	tokens.push({ header, prefix: config?.cookiePrefix, name: config?.cookieName, token: getSessionCookie(new Headers({ cookie: header }), config) });

const ours = [];
for (const { strategy, name, value } of JSON.parse(readFileSync(new URL("go.json", import.meta.url))))
	ours.push({ strategy, name, value, node: strategy === "account" ? await symmetricDecodeJWT(value, secret, "better-auth-account") : await cache(value, strategy) });

const lines = (list) => list.map((x) => "\t\t" + json(x)).join(",\n");
console.log(`{\n${Object.entries({ judged, rotated, accounts, spread, tokens, ours }).map(([k, v]) => `\t${json(k)}: [\n${lines(v)}\n\t]`).join(",\n")}\n}`);
