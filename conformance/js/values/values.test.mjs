// What Go makes, Node takes: VALUES is the file that conformance/testbed/values has written a moment ago.
import assert from "node:assert/strict";
import { createHash, hkdfSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { getCookieCache } from "better-auth/cookies";
import { symmetricDecodeJWT, symmetricDecrypt, verifyPassword } from "better-auth/crypto";
import { createEndpoint } from "better-call";

const values = process.env.VALUES ? JSON.parse(readFileSync(process.env.VALUES, "utf8")) : undefined;
const given = (name, fn) => test(name, { skip: values ? false : "VALUES names no file" }, fn);

given("passwords", async () => {
  for (const { plain, made } of values.passwords) {
    assert.ok(await verifyPassword({ hash: made, password: plain }), JSON.stringify(plain));
    assert.ok(!(await verifyPassword({ hash: made, password: `${plain}!` })), "another password");
  }
});

given("signed cookies", async () => {
  const read = createEndpoint("/", { method: "GET" }, (ctx) => ctx.getSignedCookie("c", values.secret));
  const valueOf = (made) => read({ headers: new Headers({ cookie: `c=${made}` }) });
  for (const { plain, made } of values.signedCookies) {
    if (plain === "") continue; // better-call takes an empty value for none
    assert.equal(await valueOf(made), plain, JSON.stringify(plain));
    assert.equal(await valueOf(`x${made}`), false, "another value");
  }
});

given("ciphertexts", async () => {
  for (const { plain, made } of values.encrypted) {
    assert.equal(await symmetricDecrypt({ key: values.secret, data: made }), plain);
    await assert.rejects(symmetricDecrypt({ key: values.old, data: made }));
  }
});

given("ciphertexts with the version of their secret", async () => {
  const key = {
    keys: new Map([
      [2, values.secret],
      [1, values.old],
    ]),
    currentVersion: 2,
  };
  for (const { plain, made } of values.enveloped) {
    assert.match(made, /^\$ba\$2\$/);
    assert.equal(await symmetricDecrypt({ key, data: made }), plain);
  }
});

given("ciphertexts for one purpose", async () => {
  for (const [purpose, made] of Object.entries(values.purposes)) {
    const info = `better-auth:${purpose}:v1`;
    const key = Buffer.from(hkdfSync("sha256", values.secret, "better-auth:oauth-encryption:v1", info, 32)).toString("hex");
    assert.equal(await symmetricDecrypt({ key, data: made }), "for its purpose");
  }
});

given("hashed identifiers", () => {
  for (const { plain, made } of values.hashedIdentifiers) {
    assert.equal(made, createHash("sha256").update(plain).digest("base64url"));
  }
});

given("copies of sessions", async () => {
  assert.deepEqual(values.sessionData.map(({ strategy }) => strategy).toSorted(), ["compact", "jwe", "jwt"]);
  for (const { strategy, cookie, session, user } of values.sessionData) {
    const headers = new Headers({ cookie: `better-auth.session_data=${cookie}` });
    const found = await getCookieCache(headers, { secret: values.secret, strategy, isSecure: false });
    const plain = (object) => JSON.parse(JSON.stringify(object));
    assert.deepEqual(plain(found?.session), session, strategy);
    assert.deepEqual(plain(found?.user), user, strategy);
    assert.equal(await getCookieCache(headers, { secret: values.old, strategy, isSecure: false }), null);
  }
});

given("copies of accounts", async () => {
  const claims = await symmetricDecodeJWT(values.accountData, values.secret, "better-auth-account");
  assert.equal(claims.accessToken, "gho_ünïcödé");
  assert.equal(claims.exp - claims.iat, 3600);
  assert.equal(await symmetricDecodeJWT(values.accountData, values.secret, "better-auth-session"), null);
});
