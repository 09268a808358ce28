// Playing a scenario: actors, captures, the clock, calls and the outbox.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { IdentityProviders } from "../lib/idp.mjs";
import { REFERENCE } from "../lib/matrix.mjs";
import { Testbed } from "../lib/testbed.mjs";
import { play } from "./play.mjs";
import { signInWith, social } from "./social.mjs";
import { DAY, advance, askedOfProvider, call, fault, get, getSession, outbox, signUp } from "./steps.mjs";

let testbed;
before(async () => (testbed = await Testbed.start(REFERENCE)));
after(() => testbed?.stop());

const playSteps = (steps, options) =>
  play(testbed, { name: "test", options, steps }, { adapter: "node", kind: "memory", freeze: true });

test("actors keep their cookies, and the clock stands where it was put", async () => {
  const [, ann, bob, , later, inProcess] = await playSteps([
    signUp("Ann"),
    getSession("Ann"),
    getSession("Bob"),
    advance(2 * DAY),
    getSession("Ann"),
    call("getSession", {}, { as: "Ann" }),
  ]);
  assert.ok(ann.lines.includes('body.session.createdAt: "<time iso 0>"'), ann.lines.join("\n"));
  assert.ok(bob.lines.includes("body: null"), bob.lines.join("\n"));
  assert.ok(later.lines.includes(`body.session.updatedAt: "<time iso ${2 * DAY}>"`), later.lines.join("\n"));
  assert.ok(inProcess.lines.includes(`body.session.updatedAt: "<time iso ${2 * DAY}>"`), inProcess.lines.join("\n"));
});

test("what one step captures the next ones can use", async () => {
  const [, session] = await playSteps([
    signUp("Ann", { capture: { cookie: (response) => response.header("set-cookie").split(";", 1)[0] } }),
    ({ captured }) => get("/get-session", { headers: { cookie: captured.cookie } }),
  ]);
  assert.ok(session.lines.includes('body.user.name: "Ann"'), session.lines.join("\n"));
});

test("the outbox shows each message once", async () => {
  const steps = [signUp("Ann"), outbox(), signUp("Bob"), outbox(), outbox()];
  const emailVerification = { sendOnSignUp: true, sendVerificationEmail: { $record: true } };
  const [, first, , second, third] = await playSteps(steps, { emailVerification });
  assert.equal(first.lines[0], "message 1: emailVerification.sendVerificationEmail");
  assert.ok(first.lines.includes('args[0].user.email: "ann@example.com"'), first.lines.join("\n"));
  assert.ok(second.lines.includes('args[0].user.email: "bob@example.com"'), second.lines.join("\n"));
  assert.deepEqual(third.lines, []);
});

test("an identity provider has the scenario's clock, and its answers are the same in every run", async (t) => {
  const providers = await IdentityProviders.start();
  t.after(() => providers.stop());
  const scenario = social("test", {
    steps: [
      ...signInWith("Ann", "google", "ann"),
      getSession("Ann"),
      askedOfProvider(),
      askedOfProvider(),
      advance(2 * DAY),
      fault({ endpoint: "token", error: "invalid_grant" }),
      ...signInWith("Ann", "google", "ann"),
      ...signInWith("Ann", "apple", "ann"),
    ],
  });
  const once = () => play(testbed, scenario, { adapter: "node", kind: "memory", freeze: true, providers });
  const [first, second] = [await once(), await once()];
  assert.deepEqual(second, first);
  const [, approved, home, session, asked, askedAgain, , , , , refused, , posted] = first;
  assert.deepEqual(approved.lines.slice(0, 2), ["GET http://localhost:3000/api/auth/callback/google", "code = code-<id 2.1>"]);
  assert.ok(home.lines.includes("location: /home"), home.lines.join("\n"));
  assert.ok(session.lines.includes('body.user.email: "ann@example.com"'), session.lines.join("\n"));
  assert.equal(asked.lines[0], "request 1: POST https://oauth2.googleapis.com/token");
  assert.ok(asked.lines.includes("code = code-<id 2.1>") && asked.lines.includes("code_verifier = a verifier"), asked.lines.join("\n"));
  assert.deepEqual(askedAgain.lines, ["nothing"]);
  assert.ok(refused.lines.includes("location: http://localhost:3000/api/auth/error?error=invalid_code"), refused.lines.join("\n"));
  const token = posted.lines.find((line) => line.startsWith("id_token = "));
  assert.match(token, /"iat":"<time s 172800000>".* signed with 342 characters>$/);
});

test("a step that cannot be played is an observation, and the next one is played", async () => {
  const [broken, next] = await playSteps([({ captured }) => get(captured.nothing.path), get("/ok")]);
  assert.match(broken.lines[0], /^failed: /);
  assert.ok(next.lines.includes("body.ok: true"));
});
