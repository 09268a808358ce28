// Writes exchanges.json: what the social providers of better-auth 1.7.25 send, and what they make of the answers, which the
// tests expect of this package. Run it in a folder that has better-auth installed:
//
//     node …/record.mjs > …/exchanges.json
import { createHash, generateKeyPairSync } from "node:crypto";
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
const { socialProviders } = await load("better-auth/social-providers");
const { verifyProviderIdToken, supportsIdTokenSignIn } = await load("@better-auth/core/oauth2");
const { SignJWT, exportJWK } = await import(pathToFileURL(createRequire(from.resolve("@better-auth/core/oauth2")).resolve("jose")));

// The network: answers are served in turn, requests are kept.
let requests, answers;
globalThis.fetch = async (url, init = {}) => {
	const headers = {};
	new Headers(init.headers).forEach((v, k) => (headers[k] = v));
	const body = init.body === undefined || init.body === null ? "" : String(init.body);
	requests.push({ method: init.method ?? "GET", url: String(url), headers, body });
	const a = answers.length > 1 ? answers.shift() : answers[0];
	if (!a) return new Response("{}", { status: 500 });
	const data = typeof a.body === "string" ? a.body : JSON.stringify(a.body);
	return new Response(a.status >= 300 && a.status < 400 ? null : data, {
		status: a.status, headers: { "content-type": a.type ?? "application/json", ...a.headers },
	});
};
const online = async (replies, fn) => {
	requests = [];
	answers = structuredClone(replies);
	let result, error = false;
	try {
		result = await fn();
	} catch (e) {
		error = true;
	}
	return { result, error, requests };
};
const ok = (body) => ({ status: 200, body });
const no = (status = 401, body = { error: "invalid_token" }) => ({ status, body });

const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const { privateKey: foreignKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const jwk = { ...(await exportJWK(publicKey)), kid: "k1", alg: "RS256", use: "sig" };
const jwt = (claims, key = privateKey, header = {}) => new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "k1", ...header }).sign(key);
const claims = (o) => ({ aud: "CLIENT_ID", iat: seconds - 10, exp: seconds + 3600, ...o });

// What each provider is given, and what is asked of it. `people` are lists of answers to the requests for user info, or
// claims of an ID token; `options` are further variants.
const google = { iss: "https://accounts.google.com", azp: "CLIENT_ID", sub: "113400000000000000001", email: "ada@gmail.com", email_verified: true, name: "Ada Lovelace", picture: "https://lh3.example/p", given_name: "Ada", family_name: "Lovelace", locale: "en" };
const apple = { iss: "https://appleid.apple.com", sub: "001234.abcdef.0911", email: "x7@privaterelay.appleid.com", email_verified: "true", is_private_email: "true", auth_time: seconds - 20, nonce_supported: true };
const cognito = { iss: "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_abc", sub: "8d6f-41", email: "ada@example.com", email_verified: true, given_name: "Ada", "cognito:username": "ada", picture: "https://img.example/a.png" };
const tid = "72f988bf-86f1-41af-91ab-2d7cd011db47";
const microsoft = { iss: `https://login.microsoftonline.com/${tid}/v2.0`, tid, oid: "00000000-0000-0000-66f3-3332eca7ea81", sub: "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ", name: "Ada Lovelace", email: "ada@contoso.com", preferred_username: "ada@contoso.com", ver: "2.0" };
const facebook = { iss: "https://www.facebook.com", sub: "10223344", name: "Ada L", email: "ada@fb.example", picture: "https://fb.example/p.jpg" };
const line = { iss: "https://access.line.me", sub: "U1234567890abcdef", name: "Ada", picture: "https://profile.line-scdn.net/x", email: "ada@line.example" };
const twitch = { iss: "https://id.twitch.tv/oauth2", sub: "44322889", preferred_username: "dallas", email: "dallas@example.com", email_verified: true, picture: "https://static-cdn.jtvnw.net/p.png" };
const paybin = { iss: "https://idp.paybin.io", sub: "pb-1", name: "Ada", email: "ada@paybin.example", email_verified: true, picture: "https://p.example/x" };
const userInfo = (o = {}) => ({ sub: "sub-1", name: "Ada Lovelace", email: "ada@example.com", email_verified: true, picture: "https://img.example/a.png", preferred_username: "ada", ...o });

const providers = {
	apple: { idToken: apple, people: [{ idToken: apple }, { idToken: { ...apple, email_verified: false, name: "From Token" } }, { idToken: { ...apple, email_verified: undefined, email: undefined } },
			{ idToken: apple, user: { name: { firstName: "Ada", lastName: "Lovelace" }, email: "x@y.zz" } }, { idToken: apple, user: { name: { firstName: "Ada" } } }, {}, { rawIdToken: "no.jwt" }],
		variants: [{ appBundleIdentifier: "com.example.app" }, { appBundleIdentifier: "com.example.app", audience: ["aud1", "CLIENT_ID"] }] },
	atlassian: { people: [{ http: [ok({ account_type: "atlassian", account_id: "112233aa-bb11", email: "ada@atl.example", name: "Ada", picture: "https://a.example/p", nickname: "ada", zoneinfo: "UTC", locale: "en" })] }, { http: [no()] }, { http: [ok({ name: "No Id" })] }] },
	cloudflare: { people: [{ http: [ok({ success: true, errors: [], messages: [], result: { id: "7c5d", email: "ada@cf.example", first_name: "Ada", last_name: "L" } })] },
			{ http: [ok({ success: true, result: { id: "7c5d", email: "ada@cf.example", first_name: null, last_name: "" } })] }, { http: [ok({ success: true, result: { id: "7c5d", email: "ada@cf.example", first_name: "Ada" } })] }, { http: [ok({ success: false, errors: [{ code: 1 }], result: null })] }, { http: [no(403)] }],
		variants: [{ tokenEndpointAuth: { method: "client_secret_post" } }, { tokenEndpointAuthMethod: "client_secret_basic" }, { clientSecret: undefined }, { scope: ["user-details.read", "a", "a"] }] },
	cognito: { options: { domain: "https://pool.auth.us-east-1.amazoncognito.com", region: "us-east-1", userPoolId: "us-east-1_abc" }, idToken: cognito,
		people: [{ idToken: cognito }, { idToken: { ...cognito, given_name: undefined, username: "u", email_verified: "true" } }, { idToken: { ...cognito, given_name: undefined } }, { http: [ok({ sub: "8d6f-41", email: "ada@example.com", email_verified: "true", username: "ada", name: "" })] }, { http: [ok({ sub: "8d6f-41", email: "ada@example.com", email_verified: "false", given_name: "Ada", picture: "https://i" })] }, { http: [no()] }, { none: true }],
		variants: [{ domain: "pool.example" }, { identityProvider: "Google" }, { requireClientSecret: true, clientSecret: undefined }, { clientSecret: undefined }] },
	discord: { people: [{ http: [ok({ id: "80351110224678912", username: "nelly", discriminator: "1337", avatar: "8342729096ea3675442027381ff50dfe", verified: true, email: "nelly@discord.com", global_name: "Nelly" })] }, { http: [ok({ id: "80351110224678912", username: "nelly", discriminator: "0", avatar: null, verified: false, email: "nelly@discord.com", global_name: null })] },
			{ http: [ok({ id: "80351110224678912", username: "nelly", discriminator: "1337", avatar: null, verified: true, email: null, global_name: "" })] }, { http: [ok({ id: "1", username: "n", discriminator: "0", avatar: "a_123", email: "e@x.yz" })] }, { http: [no()] }],
		variants: [{ permissions: 2048, scope: ["bot"] }, { permissions: 0, scope: ["bot"] }, { permissions: 8 }] },
	dropbox: { people: [{ http: [ok({ account_id: "dbid:AAH4f99", name: { given_name: "Ada", surname: "L", display_name: "Ada L" }, email: "ada@db.example", email_verified: true, profile_photo_url: "https://dl.example/x" })] }, { http: [ok({ account_id: "dbid:1", email: "a@b.cd" })] }, { http: [no()] }],
		variants: [{ accessType: "offline" }] },
	facebook: { idToken: facebook, people: [{ http: [ok({ data: { is_valid: true, app_id: "CLIENT_ID", user_id: "10223344" } }), ok({ id: "10223344", name: "Ada L", email: "ada@fb.example", picture: { data: { url: "https://fb.example/p.jpg", height: 50 } } })] },
			{ http: [ok({ data: { is_valid: true, app_id: "CLIENT_ID", user_id: "10223344" } }), ok({ id: "10223344", name: "Ada L", email_verified: true, picture: { data: { url: "https://x" } } })] },
			{ http: [ok({ data: { is_valid: true, app_id: "OTHER", user_id: "10223344" } })] }, { http: [ok({ data: { is_valid: false, app_id: "CLIENT_ID", user_id: "10223344" } })] }, { http: [ok({ data: { is_valid: true, app_id: "CLIENT_ID" } })] }, { http: [no(400)] },
			{ http: [ok({ data: { is_valid: true, app_id: "CLIENT_ID", user_id: "10223344" } }), ok({ id: "999", name: "Mallory", picture: { data: { url: "https://x" } } })] }, { http: [ok({ data: { is_valid: true, app_id: "CLIENT_ID", user_id: "10223344" } }), no()] },
			{ idToken: facebook }, { idToken: { ...facebook, email: undefined, picture: undefined } }, { none: true }],
		variants: [{ configId: "C1" }, { fields: ["birthday"] }, { clientId: ["CLIENT_ID", "SECOND"] }] },
	figma: { people: [{ http: [ok({ id: "2731", email: "ada@figma.example", handle: "Ada", img_url: "https://s3.example/i" })] }, { http: [no(403)] }] },
	github: { people: [
			{ http: [ok({ login: "octocat", id: 583231, node_id: "MDQ6", avatar_url: "https://avatars.example/u/583231", name: "The Octocat", email: "octo@github.example" }), ok([{ email: "octo@github.example", primary: true, verified: true, visibility: "public" }])] },
			{ http: [ok({ login: "octocat", id: 583231, avatar_url: "https://a", name: null, email: null }), ok([{ email: "second@x.yz", primary: false, verified: true }, { email: "octo@github.example", primary: true, verified: false }])] },
			{ http: [ok({ login: "octocat", id: 583231, avatar_url: "https://a", name: "", email: null }), ok([{ email: "first@x.yz", primary: false, verified: true }])] },
			{ http: [ok({ login: "octocat", id: 583231, avatar_url: "https://a", name: "N", email: null }), no(404)] }, { http: [ok({ login: "octocat", id: 583231, avatar_url: "https://a", name: "N", email: "pub@x.yz" }), no(404)] }, { http: [ok({ login: "o", id: 583231, name: "N", email: "pub@x.yz" }), ok([{ email: "other@x.yz", primary: true, verified: true }])] }, { http: [no()] }] },
	microsoft: { idToken: microsoft, people: [{ idToken: microsoft, noAccessToken: true }, { idToken: microsoft, http: [no(404)] }, { idToken: microsoft, http: [{ status: 200, body: "JPEGBYTES", type: "image/jpeg" }] },
			{ idToken: { ...microsoft, email_verified: true }, noAccessToken: true }, { idToken: { ...microsoft, email_verified: "true" }, noAccessToken: true }, { idToken: { ...microsoft, email_verified: 1 }, noAccessToken: true }, { idToken: { ...microsoft, verified_primary_email: ["ada@contoso.com"] }, noAccessToken: true },
			{ idToken: { ...microsoft, verified_secondary_email: ["ada@contoso.com"] }, noAccessToken: true }, { idToken: { ...microsoft, verified_secondary_email: ["b@contoso.com"] }, noAccessToken: true }, { idToken: { ...microsoft, oid: " " }, noAccessToken: true }, { idToken: { ...microsoft, oid: undefined }, noAccessToken: true }, { none: true }],
		variants: [{ tenantId: tid }, { tenantId: "organizations" }, { tenantId: "consumers" }, { authority: "https://login.microsoftonline.us//", tenantId: "t1" }, { profilePhotoSize: 96, person: { idToken: microsoft, http: [no(404)] } }, { disableProfilePhoto: true, person: { idToken: microsoft, http: [no(404)] } }, { clientSecret: undefined }] },
	google: { idToken: google, people: [{ idToken: google }, { idToken: { ...google, email_verified: false, name: undefined } }, { idToken: { ...google, email_verified: undefined } }, { none: true }, { rawIdToken: "x" }],
		variants: [{ accessType: "offline", display: "popup", prompt: "select_account consent" }, { hd: "example.com", person: { idToken: google } }, { hd: "example.com", person: { idToken: { ...google, hd: "example.com" } } }, { hd: "*", person: { idToken: { ...google, hd: "any.example" } } }, { hd: "*", person: { idToken: google } }, { includeGrantedScopes: false }, { clientId: ["CLIENT_ID", "ANDROID"] }] },
	huggingface: { people: [{ http: [ok(userInfo())] }, { http: [ok(userInfo({ name: "", email_verified: undefined }))] }, { http: [no()] }] },
	slack: { people: [{ http: [ok({ ok: true, ...userInfo(), "https://slack.com/user_id": "U0R7JM", "https://slack.com/team_id": "T0R7", "https://slack.com/user_image_512": "https://s.example/512" })] }, { http: [ok({ ...userInfo({ picture: "", name: null }), "https://slack.com/user_id": "U0R7JM", "https://slack.com/user_image_512": "https://s.example/512" })] }, { http: [ok(userInfo())] }, { http: [no()] }] },
	spotify: { people: [{ http: [ok({ display_name: "Ada", email: "ada@sp.example", id: "wizzler", images: [{ url: "https://i.scdn.co/x", height: 64, width: 64 }] })] }, { http: [ok({ display_name: null, email: "ada@sp.example", id: "wizzler", images: [] })] }, { http: [no()] }] },
	twitch: { people: [{ idToken: twitch }, { idToken: { ...twitch, email: undefined, picture: undefined } }, { none: true }], variants: [{ claims: ["email", "updated_at"] }, { claims: [] }] },
	twitter: { people: [{ http: [ok({ data: { id: "2244994945", name: "Ada", username: "ada", profile_image_url: "https://pbs.example/p" } }), ok({ data: { id: "2244994945", confirmed_email: "ada@x.example" } })] }, { http: [ok({ data: { id: "2244994945", name: "Ada", username: "ada" } }), no(403)] }, { http: [ok({ data: { id: "2244994945", name: "Ada", username: "ada", email: "own@x.example" } }), ok({ data: { id: "2244994945" } })] }, { http: [no()] }] },
	kick: { people: [{ http: [ok({ data: [{ user_id: 123456, name: "Ada", email: "ada@kick.example", profile_picture: "https://k.example/p" }], message: "OK" })] }, { http: [no()] }] },
	linear: { people: [{ http: [ok({ data: { viewer: { id: "l-1", name: "Ada", email: "ada@linear.example", avatarUrl: null, active: true, createdAt: "2024-01-01T00:00:00.000Z", updatedAt: "2024-01-01T00:00:00.000Z" } } })] }, { http: [ok({ errors: [{ message: "no" }] })] }, { http: [no()] }] },
	linkedin: { people: [{ http: [ok({ ...userInfo(), locale: { country: "US", language: "en" } })] }, { http: [ok(userInfo({ email_verified: undefined, name: undefined }))] }, { http: [no()] }] },
	gitlab: { people: [{ http: [ok({ id: 9, username: "ada", email: "ada@gl.example", name: "Ada", state: "active", avatar_url: "https://g.example/a", web_url: "https://gitlab.com/ada" })] }, { http: [ok({ id: 9, username: "ada", email: "ada@gl.example", name: null, state: "active", locked: false, email_verified: true, avatar_url: null })] }, { http: [ok({ id: 9, username: "ada", state: "blocked" })] }, { http: [ok({ id: 9, username: "ada", state: "active", locked: true })] }, { http: [no()] }],
		variants: [{ issuer: "https://git.example.com//sub/" }] },
	tiktok: { options: { clientKey: "CLIENT_KEY", clientId: undefined }, noMap: true, people: [{ http: [ok({ data: { user: { open_id: "723f24d7e717", avatar_large_url: "https://p16.example/x", display_name: "Ada", username: "ada" } }, error: { code: "ok", message: "" } })] }, { http: [ok({ data: { user: { open_id: "723f24d7e717", display_name: "", username: "ada", email: "ada@tt.example" } } })] }, { http: [no()] }] },
	reddit: { people: [{ http: [ok({ id: "t2abc", name: "ada", icon_img: "https://styles.redditmedia.com/a.png?width=256&s=1", verified: true, has_verified_email: true })] }, { http: [ok({ id: "t2abc", name: "ada" })] }, { http: [no()] }], variants: [{ duration: "permanent" }] },
	roblox: { people: [{ http: [ok({ sub: "1516563360", name: "exampleuser", nickname: "Ada", preferred_username: "ada", created_at: 1584682495, profile: "https://www.roblox.com/users/1", picture: "https://tr.example/p" })] }, { http: [ok({ sub: "1516563360", nickname: "", preferred_username: "ada", picture: null })] }, { http: [no()] }] },
	salesforce: { people: [{ http: [ok({ sub: "https://login.salesforce.com/id/00D/005", user_id: "005000000000", organization_id: "00D", name: "Ada", email: "ada@sf.example", email_verified: true, photos: { picture: "https://sf.example/p", thumbnail: "https://sf.example/t" } })] }, { http: [ok({ user_id: "005000000000", name: "Ada", email: "ada@sf.example", photos: { thumbnail: "https://sf.example/t" } })] }, { http: [ok({ user_id: "005000000000", email: "ada@sf.example" })] }, { http: [no()] }],
		variants: [{ environment: "sandbox" }, { loginUrl: "acme.my.salesforce.com" }] },
	vk: { people: [{ http: [ok({ user: { user_id: "1234567890", first_name: "Ada", last_name: "L", email: "ada@vk.example", phone: "7900", avatar: "https://vk.example/a", sex: 1, verified: false, birthday: "10.12.1815" } })] }, { http: [ok({ user: { user_id: "1234567890", first_name: "Ada", last_name: "L" } })] }, { http: [no()] }, { none: true }] },
	zoom: { people: [{ http: [ok({ id: "KDcuGIm1QgePTO8WbOqwIQ", first_name: "Ada", display_name: "Ada L", email: "ada@zoom.example", pic_url: "https://z.example/p", verified: 1 })] }, { http: [ok({ id: "KDcu", display_name: "Ada L", email: "ada@zoom.example", verified: 0 })] }, { http: [no()] }], variants: [{ pkce: false }] },
	notion: { people: [{ http: [ok({ object: "user", id: "bot-1", type: "bot", bot: { owner: { type: "user", user: { object: "user", id: "u-1", name: "Ada", avatar_url: null, type: "person", person: { email: "ada@notion.example" } } } } })] }, { http: [ok({ bot: { owner: { user: { id: "u-1", name: null } } } })] }, { http: [ok({ bot: { owner: { type: "workspace" } } })] }, { http: [no()] }] },
	kakao: { people: [{ http: [ok({ id: 123456789, connected_at: "2022-04-11T01:45:28Z", kakao_account: { profile: { nickname: "Ada", profile_image_url: "https://k.example/640", thumbnail_image_url: "https://k.example/110" }, is_email_valid: true, is_email_verified: true, email: "ada@kakao.com" } })] }, { http: [ok({ id: 123456789, kakao_account: { name: "Ada", profile: { thumbnail_image_url: "https://k.example/110" }, is_email_valid: true, is_email_verified: false, email: "ada@kakao.com" } })] }, { http: [ok({ id: 123456789 })] }, { http: [no()] }] },
	naver: { people: [{ http: [ok({ resultcode: "00", message: "success", response: { id: "32742776", nickname: "Ada", name: "", email: "ada@naver.com", profile_image: "https://n.example/p" } })] }, { http: [ok({ resultcode: "024", message: "Authentication failed" })] }, { http: [no()] }] },
	line: { people: [{ idToken: line }, { idToken: { ...line, name: undefined, email: undefined } }, { http: [ok({ sub: "U1", name: "Ada", picture: "https://p" })] }, { http: [no()] }, { rawIdToken: "garbage", http: [ok({ sub: "U1", name: "Ada" })] }] },
	paybin: { people: [{ idToken: paybin }, { idToken: { ...paybin, name: "", preferred_username: "ada", email_verified: undefined } }, { none: true }], variants: [{ issuer: "https://idp.sandbox.paybin.io" }] },
	paypal: { people: [{ http: [ok({ user_id: "https://www.paypal.com/webapps/auth/identity/user/mWq6", sub: "https://www.paypal.com/webapps/auth/identity/user/mWq6", name: "Ada", email: "ada@pp.example", email_verified: true, payer_id: "WDJJ" })] }, { idToken: { sub: "pp-1" }, http: [ok({ user_id: "pp-1", name: "Ada", email: "ada@pp.example" })] }, { idToken: { sub: "pp-2" }, http: [ok({ user_id: "pp-1", name: "Ada" })] }, { idToken: { sub: "pp-2" }, http: [ok({ user_id: "pp-1", sub: "pp-2", name: "Ada" })] }, { rawIdToken: "junk", http: [ok({ user_id: "pp-1", name: "Ada" })] }, { http: [no()] }, { none: true }],
		variants: [{ environment: "live" }] },
	polar: { people: [{ http: [ok({ id: "po-1", email: "ada@polar.example", username: "ada", avatar_url: "https://p.example/a", public_name: "Ada", email_verified: true })] }, { http: [ok({ id: "po-1", email: "ada@polar.example", username: "ada", avatar_url: "https://p.example/a", public_name: "" })] }, { http: [no()] }] },
	railway: { people: [{ http: [ok(userInfo({ email_verified: undefined }))] }, { http: [no()] }] },
	vercel: { people: [{ http: [ok(userInfo())] }, { http: [ok(userInfo({ name: undefined, email_verified: undefined }))] }, { http: [no()] }], variants: [{ tokenEndpointAuth: { method: "client_secret_basic" } }, { clientSecret: undefined }] },
	wechat: { people: [{ raw: { openid: "OID", unionid: "UID" }, http: [ok({ openid: "OID", nickname: "Ada", sex: 0, headimgurl: "https://thirdwx.example/132", privilege: [], unionid: "UID" })] }, { raw: { openid: "OID" }, http: [ok({ openid: "OID", nickname: "Ada", email: "ada@wx.example" })] }, { raw: { openid: "OID" }, http: [ok({ errcode: 40003, errmsg: "invalid openid" })] }, { http: [ok({ openid: "OID" })] }, { raw: { openid: "OID" }, http: [no()] }],
		variants: [{ lang: "en" }],
		tokens: [[ok({ access_token: "AT", expires_in: 7200, refresh_token: "RT", openid: "OID", scope: "snsapi_login,snsapi_userinfo", unionid: "UID" })], [ok({ errcode: 40029, errmsg: "invalid code" })], [no(500)]] },
};

const common = [
	{ request: {} },
	{ request: { scopes: ["EXTRA"], loginHint: "hint@x.co", additionalParams: { xp: "1" } } },
	{ request: { scopes: ["s 1", "s2"], loginHint: "a+b@x.co", display: "popup", additionalParams: { xp: "ü *~'()!", state: "EVIL", client_id: "EVIL", appid: "EVIL", client_key: "EVIL", prompt: "own", audience: "own", owner: "own", include_granted_scopes: "no", lang: "own" } } },
	{ options: { scope: ["o1"], prompt: "consent", redirectURI: "https://other.example/cb", disableDefaultScope: true }, request: { scopes: ["s1"] } },
	{ options: { disableDefaultScope: true }, request: {} },
	{ options: { authorizationEndpoint: "https://mock.example/a%20b?keep=%20x&prompt=old&state=old#frag" }, request: {}, skip: ["tiktok", "wechat", "cognito"] },
	{ options: { clientSecret: undefined }, request: {}, skip: ["tiktok"] },
	{ options: { clientId: undefined, clientKey: undefined }, request: {}, skip: ["tiktok", "wechat"] },
];
const tokenAnswers = [
	[ok({ token_type: "Bearer", access_token: "AT2", refresh_token: "RT2", id_token: "a.b.c", expires_in: 3600, refresh_token_expires_in: "7200", scope: "a b  c", extra: { x: 1 } })],
	[ok({ access_token: "AT2", scope: ["x", " y ", 1] })],
	[ok({ error: "bad_verification_code" })],
	[no(400, { error: "invalid_grant" })],
	[{ status: 302, headers: { location: "https://evil.example/" } }],
	[{ status: 200, body: "not json", type: "text/plain" }],
];

const make = (id, p, options) => {
	const all = { clientId: "CLIENT_ID", clientSecret: "CLIENT SECRET:ü", ...p.options, ...options };
	for (const k of Object.keys(all)) if (all[k] === undefined) delete all[k];
	// What is kept is the difference from the usual options; null stands for one that is not there.
	const kept = Object.fromEntries(Object.entries({ ...p.options, ...options }).map(([k, v]) => [k, v ?? null]));
	return [kept, socialProviders[id](all)];
};
// The raw answer is kept once, among the answers.
const bare = (tokens) => (tokens ? { ...tokens, raw: undefined } : null);
const subject = async (provider, tokens, profile) => {
	const s = await provider.accountSubject({ tokens, profile });
	const text = String(s);
	return (typeof s === "number" && !Number.isFinite(s)) || text.trim() === "" || text === "undefined" || text === "null" ? null : text;
};
const redirectURI = (id) => `https://auth.example.com/api/auth/callback/${id}`;
const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

const askPerson = async (id, p, options, person) => {
	const [used, provider] = make(id, p, options);
	const tokens = { ...person.raw };
	if (!person.none && !person.noAccessToken) tokens.accessToken = "AT";
	if (person.idToken) tokens.idToken = await jwt(claims(person.idToken));
	if (person.rawIdToken) tokens.idToken = person.rawIdToken;
	const { result, error, requests } = await online(person.http ?? [], () => provider.getUserInfo({ ...tokens, user: person.user }));
	let sub = null;
	if (result) sub = await subject(provider, tokens, result.data).catch(() => null);
	return { options: used, tokens, user: person.user, answers: person.http ?? [], requests, identity: result && sub ? { subject: sub, user: result.user, profile: result.data } : null };
};

const out = { now: new Date(NOW).toISOString(), verifier, jwks: { keys: [jwk] }, providers: {} };
for (const [id, p] of Object.entries(providers)) {
	const row = (out.providers[id] = { authorization: [], exchange: [], refresh: [], people: [], idTokens: [] });
	const variants = (p.variants ?? []).map(({ person, ...options }) => ({ options, person }));
	for (const { options = {}, request, skip = [] } of [...common, ...variants.map(({ options }) => ({ options, request: { scopes: ["v"] } }))]) {
		if (skip.includes(id)) continue;
		const [used, provider] = make(id, p, options);
		row.name = provider.name;
		const r = { state: "STATE", codeVerifier: verifier, redirectURI: redirectURI(id), ...request };
		const { result } = await online([], () => provider.createAuthorizationURL(r));
		row.authorization.push({ options: used, request: r, url: result ? result.toString() : null });
	}
	for (const options of [{}, { redirectURI: "https://other.example/cb" }, ...(id === "tiktok" || id === "wechat" ? [] : [{ clientSecret: undefined }]), ...variants.map((v) => v.options)]) {
		const replies = p.tokens ?? tokenAnswers;
		for (const a of Object.keys(options).length ? replies.slice(0, 1) : replies) {
			const [used, provider] = make(id, p, options);
			const request = { code: "CODE", codeVerifier: verifier, redirectURI: redirectURI(id), deviceId: "DEV" };
			if (id !== "vk") delete request.deviceId;
			const { result, requests } = await online(a, () => provider.validateAuthorizationCode(request));
			row.exchange.push({ options: used, request, answers: a, requests, tokens: bare(result) });
			if (!provider.refreshAccessToken) continue;
			const again = await online(a, () => provider.refreshAccessToken("RT"));
			row.refresh.push({ options: used, answers: a, requests: again.requests, tokens: bare(again.result) });
		}
	}
	for (const person of p.people) row.people.push(await askPerson(id, p, {}, person));
	for (const { options, person } of variants) if (person) row.people.push(await askPerson(id, p, options, person));
	if (!p.noMap) {
		const map = { name: "Mapped", company: "Acme", email: "mapped@example.com" };
		row.mapped = { map, ...(await askPerson(id, p, { mapProfileToUser: () => map }, p.people[0])) };
		delete row.mapped.options.mapProfileToUser;
	}
	row.takesIdTokens = supportsIdTokenSignIn(make(id, p, {})[1]);
	if (!p.idToken) continue;
	const hash = createHash("sha256").update("N").digest("hex");
	const tokens = [
		[claims(p.idToken)], [claims({ ...p.idToken, nonce: "N" }), "N"], [claims({ ...p.idToken, nonce: hash }), "N"], [claims({ ...p.idToken, nonce: "M" }), "N"], [claims(p.idToken), "N"],
		[claims({ ...p.idToken, iss: "https://evil.example" })], [claims({ ...p.idToken, aud: "OTHER" })], [claims({ ...p.idToken, aud: ["OTHER", "CLIENT_ID"], azp: "CLIENT_ID" })], [claims({ ...p.idToken, aud: [] })], [claims({ ...p.idToken, aud: undefined })],
		[claims({ ...p.idToken, exp: seconds - 60 })], [claims({ ...p.idToken, exp: seconds - 20 })], [claims({ ...p.idToken, exp: undefined })], [claims({ ...p.idToken, iat: undefined })], [claims({ ...p.idToken, iat: seconds - 3660 })], [claims({ ...p.idToken, sub: undefined })], [claims({ ...p.idToken, nbf: seconds + 60 })],
		[claims({ ...p.idToken, hd: "example.com" }), undefined, { hd: "example.com" }], [claims(p.idToken), undefined, { hd: "example.com" }], [claims({ ...p.idToken, aud: "com.example.app" }), undefined, { appBundleIdentifier: "com.example.app" }], [claims({ ...p.idToken, aud: "SECOND" }), undefined, { clientId: ["CLIENT_ID", "SECOND"] }],
		[claims(p.idToken), undefined, { tenantId: "consumers" }], [claims(p.idToken), undefined, { tenantId: "organizations" }], [claims(p.idToken), undefined, { tenantId: tid }], [claims(p.idToken), undefined, { tenantId: "11111111-1111-4111-8111-111111111111" }],
	];
	const check = async (token, nonce, options = {}) => {
		const [used, provider] = make(id, p, options);
		const { result } = await online([ok({ keys: [jwk] })], () => verifyProviderIdToken(provider, token, nonce));
		row.idTokens.push({ options: used, token, nonce, good: result === true });
	};
	const variant = { apple: "appBundleIdentifier", google: "hd", microsoft: "tenantId" }[id];
	for (const [c, nonce, options] of tokens.filter(([, , o]) => !o || o.clientId || variant in o)) await check(await jwt(c), nonce, options);
	await check(await jwt(claims(p.idToken), foreignKey));
	await check(await jwt(claims(p.idToken), privateKey, { kid: "k2" }));
	const unsigned = (header) => [header, claims(p.idToken)].map((x) => Buffer.from(JSON.stringify(x)).toString("base64url")).join(".");
	await check(unsigned({ alg: "none", kid: "k1" }) + ".");
	await check(await new SignJWT(claims(p.idToken)).setProtectedHeader({ alg: "HS256", kid: "k1" }).sign(Buffer.from(publicKey.export({ type: "spki", format: "pem" }))));
	await check("bad.bad.bad");
	await check("opaque");
}
// A line for each case.
const lines = (o, depth) =>
	depth === 0 || typeof o !== "object" || o === null
		? JSON.stringify(o)
		: Array.isArray(o)
			? `[\n${o.map((v) => lines(v, depth - 1)).join(",\n")}\n]`
			: `{\n${Object.entries(o).filter(([, v]) => v !== undefined).map(([k, v]) => `${JSON.stringify(k)}: ${lines(v, depth - 1)}`).join(",\n")}\n}`;
process.stdout.write(lines(out, 4) + "\n");
