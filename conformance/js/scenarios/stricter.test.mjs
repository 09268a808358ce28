// Where Cardea is stricter than better-auth on purpose, also in Exact: docs/differences.md gives the reasons. These
// requests are not in the differential run, so this is what holds them.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test as nodeTest } from "node:test";
import { clientOf, ok, person } from "../lib/client.mjs";
import { matrix, waits } from "../lib/matrix.mjs";

const test = (name, fn) => nodeTest(name, waits(fn));

const ann = { email: "ann@example.com", password: "password1234" };
const JSON_TYPE = { "content-type": "application/json" };
const bytes = (...parts) => Buffer.concat(parts.map((part) => Buffer.from(part)));

matrix((open) => {
  const post = (instance, path, body, headers = JSON_TYPE) =>
    instance.request("POST", `/api/auth${path}`, { headers, body });

  test("takes no body without a content type", async (t) => {
    const instance = await open(t);
    for (const path of ["/sign-in/email", "/sign-out"]) {
      const response = await post(instance, path, "{}", {});
      assert.equal(response.status, 415, path);
      assert.equal(response.json().code, "UNSUPPORTED_MEDIA_TYPE", path);
    }
  });

  test("takes only UTF-8, and JSON that nests at most 64 deep", async (t) => {
    const instance = await open(t);
    const bodies = {
      "invalid UTF-8": bytes('{"email":"ann@example.com","password":"p', [0xc3, 0x28], '"}'),
      "overlong UTF-8": bytes('{"email":"ann@example.com","password":"p', [0xc0, 0xaf], '"}'),
      "an encoded surrogate": bytes('{"email":"ann@example.com","password":"p', [0xed, 0xa0, 0x80], '"}'),
      "invalid UTF-8 in a key": bytes('{"', [0xff], '":1}'),
      "two byte order marks": `\ufeff\ufeff${JSON.stringify(ann)}`,
      "deep arrays": "[".repeat(65) + "]".repeat(65),
      "deep objects": '{"a":'.repeat(65) + "1" + "}".repeat(65),
    };
    for (const [what, body] of Object.entries(bodies)) {
      const response = await post(instance, "/sign-in/email", body);
      assert.equal(response.status, 400, what);
      assert.equal(response.json().code, "BAD_REQUEST", what);
    }
    const form = await post(instance, "/sign-in/email", "email=a%40b.co&password=%ff", {
      "content-type": "application/x-www-form-urlencoded",
    });
    assert.equal(form.status, 400);
  });

  test("limits bodies to 1 MiB", async (t) => {
    const instance = await open(t);
    const response = await post(instance, "/sign-in/email", JSON.stringify({ ...ann, filler: "x".repeat(1 << 20) }));
    assert.equal(response.status, 413);
    assert.equal(response.json().code, "PAYLOAD_TOO_LARGE");
  });

  test("knows one spelling of a path", async (t) => {
    const instance = await open(t);
    for (const path of ["/./ok", "/x/../ok", "/x/%2e%2e/ok", "/%2E/ok"]) {
      assert.equal((await instance.request("GET", `/api/auth${path}`)).status, 404, path);
    }
  });

  test("sends nobody to misleading URLs", async (t) => {
    const instance = await open(t, { options: { trustedOrigins: ["https://app.example.com"] } });
    const urls = ["https://user:pass@app.example.com/x", " https://app.example.com", "https:app.example.com"];
    for (const callbackURL of urls) {
      const response = await post(instance, "/sign-in/email", JSON.stringify({ ...ann, callbackURL }));
      assert.equal(response.status, 403, callbackURL);
      assert.equal(response.json().code, "INVALID_CALLBACK_URL", callbackURL);
    }
  });

  test("tells tokens apart exactly, on every database", async (t) => {
    const instance = await open(t);
    const signUp = await post(instance, "/sign-up/email", JSON.stringify({ name: "Ann", ...ann }));
    const { token } = signUp.json();
    const secret = "testbed-default-secret-0123456789-0123456789";
    const session = async (value) => {
      const signed = `${value}.${createHmac("sha256", secret).update(value).digest("base64")}`;
      const cookie = `better-auth.session_token=${encodeURIComponent(signed)}`;
      return (await instance.request("GET", "/api/auth/get-session", { headers: { cookie } })).json();
    };
    assert.equal((await session(token)).session.token, token);
    for (const other of [token.toUpperCase(), token.toLowerCase(), `${token} `]) {
      assert.equal(await session(other), null, JSON.stringify(other));
    }
  });

  test("guards its error page", async (t) => {
    const instance = await open(t);
    const response = await instance.request("GET", "/api/auth/error?error=x&error_description=%3Cimg%20src%3Dx%3E");
    assert.equal(response.status, 200);
    assert.match(response.header("content-security-policy"), /default-src 'none'.*frame-ancestors 'none'/);
    assert.equal(response.header("x-content-type-options"), "nosniff");
    assert.equal(response.header("referrer-policy"), "no-referrer");
    assert.ok(!response.text.includes("<img"));
  });

  test("lists sessions only for a session that the store has, whatever the cookie cache says", async (t) => {
    const instance = await open(t, { options: { session: { cookieCache: { enabled: true } } } });
    const desk = clientOf(instance);
    ok(await desk.client.signUp.email(person()));
    const thief = clientOf(instance, { jar: desk.jar.clone() });
    ok(await desk.client.signOut());
    assert.ok(ok(await thief.client.getSession()), "the copy still counts");
    assert.equal((await thief.client.listSessions()).error?.status, 401);
    assert.deepEqual(thief.jar.names, []);
  });

  test("says so when a hook has refused a change", async (t) => {
    const no = { before: { $const: false } };
    const instance = await open(t, {
      options: { databaseHooks: { user: { update: no }, session: { update: no, delete: no } } },
      needs: ["POST /update-user"],
    });
    const { client, jar } = clientOf(instance);
    const { user } = ok(await client.signUp.email(person()));
    const refused = ({ error }) => assert.deepEqual([error?.status, error?.code], [403, "CHANGE_REFUSED"]);
    refused(await client.updateUser({ name: "Somebody Else" }));
    const copy = jar.clone();
    refused(await client.signOut());
    const { session, user: same } = ok(await clientOf(instance, { jar: copy }).client.getSession());
    assert.deepEqual([session.userId, same.name], [user.id, user.name]);
    await instance.clock({ advanceMs: 2 * 86_400_000 });
    refused(await clientOf(instance, { jar: copy }).client.getSession());
  });
});
