// Writes exchanges.json: what the generic OAuth plugin and the presets of better-auth 1.7.25 send, and what they make of the
// answers, which the tests expect of this package. Run it in a folder that has better-auth installed:
//
//     node …/record.mjs > …/exchanges.json
import { generateKeyPairSync } from "node:crypto";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// The clock stands still.
const NOW = Date.parse("2026-01-02T03:04:05.678Z");
const seconds = Math.floor(NOW / 1000);
globalThis.Date = class extends Date {
	constructor(...args) {
		super(...(args.length ? args : [NOW]));
	}
	static now() {
		return NOW;
	}
};
console.error = console.warn = console.log = () => {};

const from = createRequire(process.cwd() + "/");
const load = (name) => import(pathToFileURL(from.resolve(name)));
const generic = await load("better-auth/plugins/generic-oauth");
const { verifyProviderIdToken, supportsIdTokenSignIn } = await load("@better-auth/core/oauth2");
const { SignJWT, exportJWK } = await import(pathToFileURL(createRequire(from.resolve("@better-auth/core/oauth2")).resolve("jose")));

const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const { privateKey: foreignKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: "k1", alg: "RS256", use: "sig" }] };
const jwt = (claims, key = privateKey) => new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "k1" }).sign(key);

// The network: discovery documents and keys are found by URL, other answers are served in turn, and all requests are kept.
let requests, answers, documents;
globalThis.fetch = async (url, init = {}) => {
	const headers = {};
	new Headers(init.headers).forEach((v, k) => (headers[k] = v));
	const known = documents[String(url)];
	if (!known) requests.push({ method: init.method ?? "GET", url: String(url), headers, body: init.body ? String(init.body) : "" });
	const a = known ?? (answers.length > 1 ? answers.shift() : answers[0]) ?? { status: 500, body: {} };
	return new Response(JSON.stringify(a.body), { status: a.status, headers: { "content-type": "application/json" } });
};
const online = async (replies, fn) => {
	requests = [];
	answers = structuredClone(replies);
	let result = null;
	try {
		result = await fn();
	} catch {}
	return { result, requests };
};
const ok = (body) => ({ status: 200, body });
const no = (status = 401) => ({ status, body: { error: "invalid_token" } });

const base = { clientId: "CLIENT_ID", clientSecret: "CLIENT SECRET:ü" };
const idp = "https://idp.example";
const wellKnown = `${idp}/.well-known/openid-configuration`;
const oidc = (issuer, o = {}) => ({
	issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token`, userinfo_endpoint: `${issuer}/userinfo`,
	jwks_uri: `${issuer}/jwks`, end_session_endpoint: `${issuer}/logout`, id_token_signing_alg_values_supported: ["RS256"], ...o,
});
const site = (url, issuer, o) => ({ [url]: ok(oidc(issuer, o)), [`${issuer}/jwks`]: ok(jwks) });
const claims = (o) => ({ iss: idp, aud: "CLIENT_ID", sub: "s-1", iat: seconds - 10, exp: seconds + 600, ...o });
const person = { sub: "s-1", name: "Ada", email: "ada@example.com", email_verified: true, picture: "https://img.example/a" };
const plain = { providerId: "acme", authorizationUrl: "https://acme.example/auth?x=1", tokenUrl: "https://acme.example/token", userInfoUrl: "https://acme.example/me", scopes: ["a", "b"] };
const tid = "72f988bf-86f1-41af-91ab-2d7cd011db47";
const entraIssuer = `https://login.microsoftonline.com/${tid}/v2.0`;
const entra = { iss: entraIssuer, tid, oid: "o-1", sub: "s-1", name: "Ada L", email: "ada@contoso.com", email_verified: true };

const oidcPeople = [
	{ idToken: claims(person), nonce: undefined }, { idToken: claims({ ...person, nonce: "N" }), nonce: "N" }, { idToken: claims({ ...person, nonce: "M" }), nonce: "N" }, { idToken: claims(person), nonce: "N" },
	{ idToken: claims({ sub: "s-1" }), http: [ok(person)] }, { idToken: claims({ sub: "s-1" }), http: [ok({ ...person, sub: "s-2" })] }, { idToken: claims({ sub: "s-1" }), http: [ok({ email: "a@b.cd" })] }, { idToken: claims({ sub: "s-1" }), http: [no()] },
	{ idToken: claims({ ...person, aud: "OTHER" }) }, { idToken: claims({ ...person, iss: "https://evil.example" }) }, { idToken: claims({ ...person, exp: seconds - 60 }) }, { idToken: claims(person), foreign: true }, { rawIdToken: "x.y.z" },
	{ http: [ok(person)] }, { http: [ok({ id: 7, email: "a@b.cd", name: "No Sub" })] }, { none: true },
];
const plainPeople = [
	{ http: [ok({ id: 4711, email: "ada@example.com", name: "Ada", picture: "https://img.example/a", email_verified: "true" })] }, { http: [ok({ id: "x", email: null, name: null, image: "https://own.example", email_verified: "yes" })] }, { http: [ok({ sub: "only", email: "a@b.cd" })] }, { http: [no()] }, { none: true },
	{ idToken: { sub: "t-1", email: "tok@example.com", name: "Tok", email_verified: "true" } }, { idToken: { sub: "t-1" }, http: [ok({ id: "x", email: "a@b.cd" })] }, { rawIdToken: "x", http: [ok({ id: "x", email: "a@b.cd" })] },
];

// name: [configuration, documents, people]. `returns` makes the functions of a configuration.
const cases = {
	plain: [plain, {}, plainPeople],
	"no user info URL": [{ ...plain, userInfoUrl: undefined }, {}, [{ http: [ok({ id: 1 })] }]],
	"every option": [{ ...plain, name: "Acme", prompt: "login consent", accessType: "offline", responseType: "code token", responseMode: "form_post", pkce: false, redirectURI: "https://other.example/cb", authorizationUrlParams: { p1: "v1", p2: "v2", state: "EVIL" }, tokenUrlParams: { t1: "v", code: "EVIL" }, refreshTokenParams: { r1: "v", refresh_token: "EVIL" }, authorizationHeaders: { "X-Tenant": "t", Accept: "application/vnd.acme+json" }, authentication: "basic", accessTokenExpiresIn: 900 }, {}, []],
	"no secret": [{ ...plain, clientSecret: undefined }, {}, []],
	"post": [{ ...plain, tokenEndpointAuth: { method: "client_secret_post" } }, {}, []],
	"basic": [{ ...plain, tokenEndpointAuth: { method: "client_secret_basic" } }, {}, []],
	"own user info": [{ ...plain, returns: { getUserInfo: { id: "own", email: "own@example.com", emailVerified: "true", image: null, name: "Own" } } }, {}, [{}]],
	"mapped": [{ ...plain, returns: { mapProfileToUser: { name: "Mapped", company: "Acme", image: null } } }, {}, plainPeople.slice(0, 1)],
	"own token": [{ ...plain, tokenUrl: undefined, accessTokenExpiresIn: 60, returns: { getToken: { accessToken: "OWN" } } }, {}, []],
	"discovered": [{ providerId: "idp", discoveryUrl: wellKnown }, site(wellKnown, idp), oidcPeople],
	"discovered, explicit URLs win": [{ ...plain, discoveryUrl: wellKnown }, site(wellKnown, idp), oidcPeople.slice(0, 2)],
	"discovered, openid asked for": [{ providerId: "idp", discoveryUrl: wellKnown, scopes: ["email", "openid"], disableIdTokenNonceBinding: true }, site(wellKnown, idp), []],
	"discovered, no keys": [{ providerId: "idp", discoveryUrl: wellKnown }, site(wellKnown, idp, { jwks_uri: undefined }), oidcPeople.slice(0, 5)],
	"discovered, no algorithms": [{ providerId: "idp", discoveryUrl: wellKnown }, site(wellKnown, idp, { id_token_signing_alg_values_supported: undefined }), oidcPeople.slice(0, 6)],
	"discovered, relative keys": [{ providerId: "idp", discoveryUrl: wellKnown }, site(wellKnown, idp, { jwks_uri: "/jwks" }), oidcPeople.slice(0, 1)],
	"discovered, own user info": [{ providerId: "idp", discoveryUrl: wellKnown, returns: { getUserInfo: { id: "own", email: "own@example.com", name: "Own" } } }, site(wellKnown, idp), oidcPeople.slice(0, 1)],
	"discovered, own user info of another": [{ providerId: "idp", discoveryUrl: wellKnown, returns: { getUserInfo: { sub: "s-2", email: "own@example.com", name: "Own" } } }, site(wellKnown, idp), oidcPeople.slice(0, 1)],
	"discovery fails": [{ providerId: "idp", discoveryUrl: wellKnown }, { [wellKnown]: no(503) }, []],
	"discovery fails, explicit URLs": [{ ...plain, discoveryUrl: wellKnown }, { [wellKnown]: no(503) }, []],
	"discovery fails, verification required": [{ ...plain, discoveryUrl: wellKnown, requireIdTokenVerification: true }, { [wellKnown]: no(503) }, []],
	"discovery without endpoints": [{ providerId: "idp", discoveryUrl: wellKnown }, { [wellKnown]: ok({ issuer: idp }) }, []],
	"discovery with a bad issuer": [{ providerId: "idp", discoveryUrl: wellKnown }, { [wellKnown]: ok(oidc(idp, { issuer: "not a url" })) }, []],
	"logout": [{ providerId: "idp", discoveryUrl: wellKnown, postLogoutRedirectURI: "/bye" }, site(wellKnown, idp, { end_session_endpoint: `${idp}/logout?a=b%20c` }), []],
	"no logout": [{ providerId: "idp", discoveryUrl: wellKnown, disableProviderLogout: true }, site(wellKnown, idp), []],
	auth0: [{ preset: "auth0", domain: "acme.eu.auth0.com" }, site("https://acme.eu.auth0.com/.well-known/openid-configuration", "https://acme.eu.auth0.com"), []],
	"auth0 with a scheme": [{ preset: "auth0", domain: "https://acme.eu.auth0.com/x" }, site("https://acme.eu.auth0.com/.well-known/openid-configuration", "https://acme.eu.auth0.com"), []],
	keycloak: [{ preset: "keycloak", issuer: "https://id.example.com/realms/acme/" }, site("https://id.example.com/realms/acme/.well-known/openid-configuration", "https://id.example.com/realms/acme"), []],
	okta: [{ preset: "okta", issuer: "https://dev-1.okta.com/oauth2/default", scopes: ["openid"] }, site("https://dev-1.okta.com/oauth2/default/.well-known/openid-configuration", "https://dev-1.okta.com/oauth2/default"), []],
	gumroad: [{ preset: "gumroad" }, {}, [{ http: [ok({ success: true, user: { user_id: "G_1", name: "Ada", email: "ada@gum.example", profile_url: "https://g.example/a", bio: "x" } })] }, { http: [ok({ success: false })] }, { http: [no()] }]],
	hubspot: [{ preset: "hubspot" }, {}, [{ http: [ok({ token: "AT", user: "ada@hub.example", hub_domain: "d", user_id: 42 })] }, { http: [ok({ user: "ada@hub.example", signed_access_token: { userId: 43 } })] }, { http: [ok({ user: "x" })] }, { http: [no()] }, { none: true }]],
	line: [{ preset: "line" }, {}, [{ idToken: { sub: "U1", name: "Ada", picture: "https://p" } }, { http: [ok({ sub: "U1", name: "Ada" })] }, { http: [no()] }]],
	"second line": [{ preset: "line", providerId: "line-th" }, {}, []],
	"microsoft-entra-id": [{ preset: "microsoftEntraId", tenantId: tid.toUpperCase() }, { [`https://login.microsoftonline.com/${tid}/v2.0/.well-known/openid-configuration`]: ok(oidc("https://login.microsoftonline.com", { issuer: entraIssuer, jwks_uri: "https://login.microsoftonline.com/jwks" })), "https://login.microsoftonline.com/jwks": ok(jwks) },
		[{ idToken: claims(entra), http: [ok({ sub: "s-1", picture: "https://graph.example/p", email: "other@contoso.com", family_name: "L" })] }, { idToken: claims(entra), http: [ok({ sub: "s-2", picture: "https://graph.example/p" })] }, { idToken: claims(entra), http: [no()] }, { idToken: claims({ ...entra, email: undefined, name: undefined, given_name: "Ada", family_name: "L" }), http: [ok({ sub: "s-1", email: "graph@contoso.com" })] }, { idToken: claims({ ...entra, email: undefined, name: undefined }), http: [no()] }, { idToken: claims({ ...entra, oid: undefined }) }, { idToken: claims({ ...entra, iss: "https://evil.example" }) }, { http: [ok({ sub: "s-1" })] }]],
	patreon: [{ preset: "patreon" }, {}, [{ http: [ok({ data: { id: "p-1", type: "user", attributes: { email: "ada@pat.example", full_name: "Ada", image_url: "https://p.example/a", is_email_verified: true } } })] }, { http: [ok({ data: { id: "p-1", attributes: { email: "ada@pat.example", is_email_verified: false } } })] }, { http: [no()] }]],
	slack: [{ preset: "slack" }, {}, [{ http: [ok({ ok: true, sub: "U1", email: "ada@slack.example", email_verified: true, name: "Ada", picture: "https://s.example/p", "https://slack.com/user_id": "U1" })] }, { http: [ok({ sub: "U1", email: "ada@slack.example", "https://slack.com/user_image_512": "https://s.example/512" })] }, { http: [no()] }]],
	yandex: [{ preset: "yandex" }, {}, [{ http: [ok({ id: "1000", login: "ada", display_name: "Ada", real_name: "Ada L", default_email: "ada@yandex.example", emails: ["ada@yandex.example"], is_avatar_empty: false, default_avatar_id: "131/x" })] }, { http: [ok({ id: "1000", login: "ada", emails: ["second@yandex.example"], is_avatar_empty: true, default_avatar_id: "131/x" })] }, { http: [ok({ id: "1000", login: "ada" })] }, { http: [no()] }]],
};
const tokenAnswers = [
	[ok({ token_type: "Bearer", access_token: "AT2", refresh_token: "RT2", expires_in: 3600, scope: "a b" })], [ok({ access_token: "AT2" })], [ok({ error: "x" })], [no(400)],
];
const subject = async (provider, tokens, profile) => {
	const s = await provider.accountSubject({ tokens, profile });
	const text = String(s);
	return (typeof s === "number" && !Number.isFinite(s)) || text.trim() === "" || text === "undefined" || text === "null" ? null : text;
};

const out = { now: new Date(NOW).toISOString(), jwks, cases: {} };
for (const [name, [config, docs, people]] of Object.entries(cases)) {
	const { returns = {}, preset, ...rest } = config;
	let all = { ...base, ...rest };
	for (const k of Object.keys(all)) if (all[k] === undefined) delete all[k];
	for (const [k, v] of Object.entries(returns)) all[k] = async () => structuredClone(v);
	if (preset) all = generic[preset](all);
	documents = docs;
	requests = [];
	answers = [];
	const init = await generic.genericOAuth({ config: [all] }).init({ logger: { error() {}, warn() {} }, baseURL: "https://auth.example.com/api/auth", socialProviders: [] });
	const provider = init.context.socialProviders[0];
	const row = (out.cases[name] = { config: Object.fromEntries(Object.entries(config).map(([k, v]) => [k, v ?? null])), documents: docs, provider: null });
	if (!provider) continue;
	const id = provider.id;
	row.provider = { id, name: provider.name, issuer: provider.issuer, nonce: !!provider.requiresIdTokenNonce, takesIdTokens: supportsIdTokenSignIn(provider) };
	const redirectURI = `https://auth.example.com/api/auth/callback/${id}`;
	const codeVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
	row.authorization = [];
	for (const r of [{}, { scopes: ["s1"], loginHint: "u@x.co", idTokenNonce: "NONCE", additionalParams: { p2: "mine", xp: "1", nonce: "EVIL" } }]) {
		const request = { state: "STATE", codeVerifier, redirectURI, ...r };
		const { result } = await online([], () => provider.createAuthorizationURL(request));
		row.authorization.push({ request, url: result?.toString() ?? null });
	}
	row.exchange = [];
	row.refresh = [];
	const bare = (t) => (t ? { ...t, raw: undefined } : null);
	for (const a of tokenAnswers) {
		const e = await online(a, () => provider.validateAuthorizationCode({ code: "CODE", codeVerifier, redirectURI }));
		row.exchange.push({ answers: a, requests: e.requests, tokens: bare(e.result) });
		const r = await online(a, () => provider.refreshAccessToken("RT", {}));
		row.refresh.push({ answers: a, requests: r.requests, tokens: bare(r.result) });
	}
	row.people = [];
	for (const p of people) {
		const tokens = {};
		if (!p.none) tokens.accessToken = "AT";
		if (p.idToken) tokens.idToken = await jwt(p.idToken, p.foreign ? foreignKey : privateKey);
		if (p.rawIdToken) tokens.idToken = p.rawIdToken;
		const { result, requests } = await online(p.http ?? [], () => provider.getUserInfo({ ...tokens, expectedIdTokenNonce: p.nonce }));
		let sub = null;
		if (result) sub = await subject(provider, tokens, result.data).catch(() => null);
		const entry = { tokens, nonce: p.nonce, answers: p.http ?? [], requests, identity: result && sub ? { subject: sub, user: result.user, profile: result.data } : null };
		if (tokens.idToken && provider.idToken) {
			entry.good = await online([], () => verifyProviderIdToken(provider, tokens.idToken, p.nonce)).then((r) => r.result === true);
			const direct = (await online(p.http ?? [], () => provider.getUserInfoFromIdToken(tokens.idToken))).result;
			entry.direct = direct ? { user: direct.user, profile: direct.data } : null;
		}
		row.people.push(entry);
	}
	row.logout = [];
	for (const r of [{}, { idToken: "IDT" }, { idToken: "IDT", postLogoutRedirectURI: "https://app.example/bye?x=1", state: "S" }, { postLogoutRedirectURI: "/out" }]) {
		const url = await provider.createEndSessionURL(r);
		row.logout.push({ request: r, url: url?.toString() ?? null });
	}
}
// A line for each case.
const lines = (o, depth) =>
	depth === 0 || typeof o !== "object" || o === null
		? JSON.stringify(o)
		: Array.isArray(o)
			? `[\n${o.map((v) => lines(v, depth - 1)).join(",\n")}\n]`
			: `{\n${Object.entries(o).filter(([, v]) => v !== undefined).map(([k, v]) => `${JSON.stringify(k)}: ${lines(v, depth - 1)}`).join(",\n")}\n}`;
process.stdout.write(lines(out, 4) + "\n");
