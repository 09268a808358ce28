// What scenarios with functions, secondary storage and cookie caches are observed by.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { symmetricEncodeJWT } from "better-auth/crypto";
import { REFERENCE } from "../lib/matrix.mjs";
import { Pending } from "../lib/pending.mjs";
import { Testbed } from "../lib/testbed.mjs";
import { describeSetCookies } from "./cookies.mjs";
import { Storage } from "./functions.mjs";
import { Normalizer } from "./normalize.mjs";
import { play } from "./play.mjs";
import { HOUR, advance, asked, asks, getSession, signUp, stored } from "./steps.mjs";

let testbed;
before(async () => (testbed = await Testbed.start(REFERENCE)));
after(() => testbed?.stop());

const playScenario = (scenario) => play(testbed, { name: "test", ...scenario }, { adapter: "node", kind: "memory", freeze: true });

test("functions are asked, and answer", async () => {
  const [signedUp, first, second] = await playScenario({
    options: { databaseHooks: { user: { create: { before: asks("before"), after: asks("after") } } } },
    answers: { before: ({ name }) => ({ data: { name: `${name} Changed` } }), after: () => undefined },
    steps: [signUp("Ann"), asked(), asked()],
  });
  assert.ok(signedUp.lines.includes('body.user.name: "Ann Changed"'), signedUp.lines.join("\n"));
  assert.ok(first.lines.includes("call 1: after") && first.lines.includes('args[0].name: "Ann Changed"'), first.lines.join("\n"));
  assert.ok(first.lines.includes("call 2: before") && first.lines.includes('args[0].name: "Ann"'), first.lines.join("\n"));
  assert.deepEqual(second.lines, ["nothing"]);
});

test("functions may refuse with an error", async () => {
  const [signedUp] = await playScenario({
    options: { databaseHooks: { user: { create: { before: asks("before") } } } },
    answers: { before: () => ({ $error: { status: "FORBIDDEN", code: "NO", message: "No" } }) },
    steps: [signUp("Ann")],
  });
  assert.deepEqual([signedUp.lines[0], signedUp.lines.at(-1)], ["status: 403", 'body.code: "NO"']);
});

test("a function without an answer is a mistake", async () => {
  await assert.rejects(playScenario({ options: { trustedOrigins: asks("nobody") }, steps: [] }), /no answer for nobody/);
});

test("storage is looked into, and goes by the scenario's clock", async () => {
  const [, before, , after] = await playScenario({
    storage: "full",
    options: { session: { expiresIn: 3600, updateAge: 7200 } },
    steps: [signUp("Ann"), stored(), advance(HOUR + 1000), stored(), getSession("Ann")],
  });
  assert.ok(before.lines.includes("key: active-sessions-<id 1.2>"), before.lines.join("\n"));
  assert.ok(before.lines.includes("ttl: 3600") && before.lines.includes('value.user.name: "Ann"'), before.lines.join("\n"));
  assert.deepEqual(after.lines, ["nothing"]);
});

test("a storage counts, and its lifetimes begin with the first count", () => {
  let now = 0;
  const storage = new Storage(() => now);
  assert.equal(storage.increment("n", 10), 1);
  now = 9_000;
  assert.equal(storage.increment("n", 10), 2);
  assert.deepEqual(storage.contents(), [{ key: "n", value: "2", ttl: 1 }]);
  now = 10_000;
  assert.equal(storage.getAndDelete("n"), null);
  storage.set("forever", "1");
  assert.equal(storage.getAndDelete("forever"), "1");
  assert.equal(storage.get("forever"), null);
});

test("the parts of a value in chunks are shown together", () => {
  const value = Buffer.from(JSON.stringify({ name: "Ann" })).toString("base64url");
  const lines = [`c.1=${value.slice(4)}; Path=/`, `c.0=${value.slice(0, 4)}; Path=/`];
  const normalizer = new Normalizer({ url: "http://x", start: 0 });
  const [first, last] = describeSetCookies(lines, { secret: "s", normalizer });
  assert.equal(first, `c.1 = ${value.length - 4} characters; Path=/`);
  assert.equal(last, 'c.0 = 4 characters, together json({"name":"Ann"}); Path=/');
});

test("encrypted cookies are opened", async () => {
  const secret = "a-secret-for-encrypted-cookies-0123456789";
  const value = await symmetricEncodeJWT({ name: "Ann" }, secret, "better-auth-session", 60);
  const describe = (key) =>
    describeSetCookies([`session_data=${value}`], { secret: key, normalizer: new Normalizer({ url: "http://x", start: Date.now() }) })[0];
  assert.match(describe(secret), /^session_data = jwe\(.*\{"name":"Ann",/);
  assert.match(describe(`${secret}x`), /that does not open\)$/);
});

test("what a server lacks is pending if all of it is on the list", () => {
  const pending = new Pending([
    { feature: "a", options: ["options.a.b"] },
    { feature: "c", options: ["options.c"] },
    { feature: "d", endpoint: "POST /d" },
  ]);
  assert.equal(pending.forOptions(["options.a.b"]), "a");
  assert.equal(pending.forOptions(["options.c.x", "options.a.b[0]", "options.c=1"]), "c");
  for (const paths of [[], ["options.a"], ["options.a.bc"], ["options.c", "options.other"]]) {
    assert.equal(pending.forOptions(paths), undefined, JSON.stringify(paths));
  }
  assert.equal(pending.forEndpoints(["GET /x", "POST /d"]), "POST /d");
  assert.equal(pending.forEndpoints(["GET /d"]), undefined);
  assert.equal(pending.forEndpoints(undefined), undefined);
});
