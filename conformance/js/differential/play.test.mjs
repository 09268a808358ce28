// Playing a scenario: actors, captures, the clock, calls and the outbox.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { REFERENCE } from "../lib/matrix.mjs";
import { Testbed } from "../lib/testbed.mjs";
import { play } from "./play.mjs";
import { DAY, advance, call, get, getSession, outbox, signUp } from "./steps.mjs";

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

test("a step that cannot be played is an observation, and the next one is played", async () => {
  const [broken, next] = await playSteps([({ captured }) => get(captured.nothing.path), get("/ok")]);
  assert.match(broken.lines[0], /^failed: /);
  assert.ok(next.lines.includes("body.ok: true"));
});
