// The reference server keeps to the protocol: functions, clocks, storages and outbound requests of its instances.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { describeInstance, REFERENCE } from "../lib/matrix.mjs";
import { REDIS, connectRedis } from "../lib/redis.mjs";
import { Testbed, Unsupported } from "../lib/testbed.mjs";

let testbed;
before(async () => (testbed = await Testbed.start(REFERENCE)));
after(() => testbed?.stop());

const ann = { name: "Ann", email: "ann@example.com", password: "correct horse" };

async function open(t, description = {}) {
  const instance = await testbed.open(describeInstance(description));
  t.after(() => instance.close());
  return instance;
}

/** Starts an HTTP server that keeps what it receives; `answer` makes the body of its answers. */
async function listen(t, answer) {
  const requests = [];
  const server = createServer(async (req, res) => {
    const chunks = [];
    for await (const chunk of req) chunks.push(chunk);
    const request = { method: req.method, url: req.url, headers: req.headers, body: Buffer.concat(chunks).toString() };
    requests.push(request);
    res.end(answer(request));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${server.address().port}`, requests };
}

const signUp = (instance, fields) =>
  instance.request("POST", "/api/auth/sign-up/email", { json: { ...ann, ...fields } });

test("tells what it is", async () => {
  const { implementation, version, databases, plugins } = await testbed.capabilities();
  assert.equal(implementation, "better-auth");
  assert.equal(version, "1.7.25");
  assert.deepEqual(databases, ["memory", "sqlite", "postgres", "mysql"]);
  for (const id of ["two-factor", "passkey", "api-key", "i18n", "custom-session"]) assert.ok(plugins.includes(id), id);
});

describe("descriptions", () => {
  test("of what doesn't exist are refused", async () => {
    const refused = (description) => assert.rejects(testbed.open(describeInstance(description)), Unsupported);
    await refused({ plugins: [{ id: "no-such-plugin" }] });
    await refused({ database: { kind: "oracle" } });
    await refused({ secondaryStorage: { kind: "tape" } });
    await refused({ databse: { kind: "memory" } });
  });

  test("that cannot work are malformed", async () => {
    await assert.rejects(
      testbed.open({ options: { advanced: { crossSubDomainCookies: { enabled: true } }, baseURL: "" } }),
      /got 400/,
    );
  });

  test("may leave everything out", async (t) => {
    const instance = await testbed.open({});
    t.after(() => instance.close());
    assert.equal((await instance.request("GET", "/api/auth/ok")).status, 200);
    assert.equal((await instance.request("GET", "/ping")).text, "pong");
  });
});

describe("functions", () => {
  const withVerification = (sendVerificationEmail) => ({
    options: { emailVerification: { sendOnSignUp: true, sendVerificationEmail } },
  });

  test("$record puts calls into the outbox before the answer", async (t) => {
    const instance = await open(t, withVerification({ $record: true }));
    await signUp(instance);
    await signUp(instance, { email: "bob@example.com" });
    const [first, second] = await instance.outbox();
    assert.equal(first.seq, 1);
    assert.equal(first.callback, "emailVerification.sendVerificationEmail");
    assert.equal(first.args[0].user.email, ann.email);
    assert.match(first.args[0].url, /\/verify-email\?token=/);
    assert.equal(first.args[1].method, "POST", "a request is its address, method and headers");
    assert.deepEqual(await instance.outbox(1), [second]);
  });

  test("$webhook asks, and waits for the answer", async (t) => {
    const hook = await listen(t, () => "{}");
    const instance = await open(t, withVerification({ $webhook: hook.url }));
    await signUp(instance);
    assert.equal(hook.requests.length, 1);
    assert.equal(JSON.parse(hook.requests[0].body).args[0].user.email, ann.email);
  });

  test("$webhook's results count where they are wanted at once", async (t) => {
    const hook = await listen(t, ({ body }) =>
      JSON.stringify({ result: `made-for-${JSON.parse(body).args[0].model}` }),
    );
    const instance = await open(t, { options: { advanced: { database: { generateId: { $webhook: hook.url } } } } });
    const { user } = (await signUp(instance)).json();
    assert.equal(user.id, "made-for-user");
  });

  test("$webhook's errors are the endpoint's answer", async (t) => {
    const error = { status: 418, code: "NO_COFFEE", message: "I am a teapot" };
    const hook = await listen(t, () => JSON.stringify({ error }));
    const instance = await open(t, {
      options: { databaseHooks: { user: { create: { before: { $webhook: hook.url } } } } },
    });
    const response = await signUp(instance);
    assert.equal(response.status, 418);
    assert.deepEqual(response.json(), { message: error.message, code: error.code });
  });

  test("$const answers the same to everybody", async (t) => {
    const instance = await open(t, { options: { databaseHooks: { user: { create: { before: { $const: false } } } } } });
    assert.equal((await signUp(instance)).json().code, "FAILED_TO_CREATE_USER");
  });

  test("access control travels as statements", async (t) => {
    const statements = { user: ["create", "list"], project: ["share"] };
    const instance = await open(t, {
      plugins: [
        {
          id: "admin",
          options: {
            ac: { statements },
            roles: { admin: { statements }, user: { statements: { project: ["share"] } } },
          },
        },
      ],
    });
    const { body } = await instance.call("userHasPermission", {
      body: { role: "user", permissions: { project: ["share"] } },
    });
    assert.equal(body.success, true);
    const denied = await instance.call("userHasPermission", {
      body: { role: "user", permissions: { user: ["list"] } },
    });
    assert.equal(denied.body.success, false);
  });
});

describe("clocks", () => {
  const createdAt = async (instance, email) => Date.parse((await signUp(instance, { email })).json().user.createdAt);

  test("move for one instance, and run on", async (t) => {
    const [a, b] = [await open(t), await open(t)];
    const start = Date.parse("2030-01-01T00:00:00.000Z");
    await a.clock({ now: start });
    await a.clock({ advanceMs: 60_000 });
    const moved = await createdAt(a, "a@example.com");
    assert.ok(moved >= start + 60_000 && moved < start + 70_000, `got ${new Date(moved).toISOString()}`);
    assert.ok(
      Math.abs((await createdAt(b, "b@example.com")) - Date.now()) < 10_000,
      "the other instance has the real time",
    );
    await a.clock({ reset: true });
    assert.ok(Math.abs((await createdAt(a, "c@example.com")) - Date.now()) < 10_000);
  });

  test("can stand still", async (t) => {
    const instance = await open(t);
    const start = Date.parse("2030-01-01T00:00:00.000Z");
    await instance.clock({ now: start, freeze: true });
    assert.equal(await createdAt(instance, "a@example.com"), start);
    await instance.clock({ advanceMs: 1, freeze: true });
    assert.equal(await createdAt(instance, "b@example.com"), start + 1);
  });
});

describe("secondary storage", () => {
  /** Signs up, and returns a function that asks for the session. */
  const signedIn = async (instance) => {
    const cookie = (await signUp(instance)).header("set-cookie").split(";", 1)[0];
    return async () => (await instance.request("GET", "/api/auth/get-session", { headers: { cookie } })).json();
  };

  test("in memory holds sessions, and lets them go in time", async (t) => {
    const instance = await open(t, { secondaryStorage: { kind: "memory" } });
    const session = await signedIn(instance);
    assert.equal((await session()).user.email, ann.email);
    await instance.clock({ advanceMs: 8 * 86_400_000 });
    assert.equal(await session(), null);
  });

  test("in Redis holds sessions under the protocol's prefix", async (t) => {
    const redis = await connectRedis();
    if (!redis) {
      assert.notEqual(process.env.CI, "true", `Redis cannot be reached at ${REDIS}`);
      return t.skip(`Redis cannot be reached at ${REDIS} (CARDEA_TEST_REDIS)`);
    }
    t.after(() => redis.quit());
    const session = await signedIn(await open(t, { secondaryStorage: { kind: "redis", url: REDIS } }));
    const { session: found, user } = await session();
    const keys = [`better-auth:${found.token}`, `better-auth:active-sessions-${user.id}`];
    assert.equal(await redis.exists(keys), 2);
    await redis.del(keys);
    assert.equal(await session(), null);
  });

  test("behind webhooks is asked for everything", async (t) => {
    const entries = new Map();
    const storage = await listen(t, ({ url, body }) => {
      const [key, value] = JSON.parse(body).args;
      if (url === "/get") return JSON.stringify({ result: entries.get(key) ?? null });
      if (url === "/set") entries.set(key, value);
      if (url === "/delete") entries.delete(key);
      return "{}";
    });
    const hooks = Object.fromEntries(
      ["get", "set", "delete"].map((name) => [name, { $webhook: `${storage.url}/${name}` }]),
    );
    const instance = await open(t, { secondaryStorage: { kind: "webhook", ...hooks } });
    const session = await signedIn(instance);
    const { session: found } = await session();
    assert.ok(entries.has(found.token), "the session lies in the storage under its token");
  });
});

test("outbound requests go where the description says", async (t) => {
  const outside = await listen(t, () => "");
  const instance = await open(t, { outbound: outside.url, plugins: [{ id: "have-i-been-pwned" }] });
  assert.equal((await signUp(instance)).status, 200);
  assert.equal(outside.requests.length, 1);
  const [{ url, headers }] = outside.requests;
  assert.match(headers["x-original-url"], /^https:\/\/api\.pwnedpasswords\.com\/range\/[0-9A-F]{5}$/);
  assert.ok(headers["x-original-url"].endsWith(url));
});

test("so does what a plugin fetches while the instance is set up", async (t) => {
  const outside = await listen(t, () => "{}");
  const provider = { providerId: "acme", clientId: "id", clientSecret: "secret", discoveryUrl: "https://acme.example/.well-known/openid-configuration" };
  await open(t, { outbound: outside.url, plugins: [{ id: "generic-oauth", options: { config: [provider] } }] });
  assert.deepEqual(
    outside.requests.map(({ headers }) => headers["x-original-url"]),
    [provider.discoveryUrl],
  );
});

test("a deleted instance is gone", async () => {
  const instance = await testbed.open(describeInstance({}));
  await instance.request("GET", "/ping");
  await instance.close();
  await assert.rejects(instance.request("GET", "/ping"), { code: "ECONNREFUSED" });
  await assert.rejects(instance.close(), /got 404/);
});
