// A Node server and the server under test over one PostgreSQL and one Redis, both running: whatever happens at one of
// them holds at the other at once.
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { after, before, describe, test as nodeTest } from "node:test";
import { clientOf, ok, person } from "../lib/client.mjs";
import { freshDatabase } from "../lib/databases.mjs";
import { ADAPTERS, DATABASES, REFERENCE, openInstance, startTestbed, waits } from "../lib/matrix.mjs";
import { REDIS, connectRedis } from "../lib/redis.mjs";
import { Testbed } from "../lib/testbed.mjs";

const test = (name, fn) => nodeTest(name, waits(fn));

const MINUTE = 60_000;
const CONCURRENT = 8;

const OPTIONS = {
  secret: "one-secret-for-both-of-them-0123456789",
  emailAndPassword: { enabled: true, sendResetPassword: { $record: true }, revokeSessionsOnPasswordReset: true },
  emailVerification: { sendVerificationEmail: { $record: true } },
  user: { deleteUser: { enabled: true } },
  session: {
    expiresIn: 3600, // what is left in Redis goes within the hour
    updateAge: 600,
    additionalFields: { device: { type: "string", required: false } },
  },
};

const MODES = {
  "without Redis": {},
  "sessions in Redis": { redis: true },
  "sessions in Redis and the database": { redis: true, session: { storeSessionInDatabase: true } },
  "sessions in Redis, and an archive of them": {
    redis: true,
    session: { storeSessionInDatabase: true, preserveSessionInDatabase: true },
  },
  "hashed identifiers, and records in both": { redis: true, verification: { storeIdentifier: "hashed", storeInDatabase: true } },
};

let testbeds;
let redis;
before(async () => {
  testbeds = await Promise.all([Testbed.start(REFERENCE), startTestbed()]);
  redis = await connectRedis();
});
after(() => Promise.all([...(testbeds ?? []).map((testbed) => testbed.stop()), redis?.quit()]));

/** The two servers of a suite, made when the first test asks for them; both find the tables that the first has made. */
function pairOf({ redis: withRedis, session, ...more }, { secondary } = {}) {
  let opening;
  let drop = async () => {};
  const instances = [];
  const open = async () => {
    const fresh = await freshDatabase("postgres");
    drop = fresh.drop;
    for (const testbed of testbeds) {
      instances.push(
        await openInstance(testbed, {
          adapter: ADAPTERS[0],
          database: fresh.database,
          ...(withRedis && { secondaryStorage: secondary ?? { kind: "redis", url: REDIS } }),
          options: { ...OPTIONS, ...more, session: { ...OPTIONS.session, ...session } },
          needs: ["POST /update-user", "POST /update-session", "POST /reset-password", "GET /verify-email", "POST /delete-user"],
        }),
      );
    }
    return instances;
  };
  after(async () => {
    for (const instance of instances) await instance.close();
    await drop();
  });
  return (t) => {
    if (withRedis && !redis) {
      assert.notEqual(process.env.CI, "true", `Redis cannot be reached at ${REDIS}`);
      t.skip(`Redis cannot be reached at ${REDIS} (CARDEA_TEST_REDIS)`);
      return undefined;
    }
    return (opening ??= open());
  };
}

const tokens = async (browser) => ok(await browser.client.listSessions()).map(({ token }) => token).toSorted();

/** A browser at an instance that takes the cookies of another one along. */
const moved = (browser, instance) => clientOf(instance, { jar: browser.jar });

// A field without a value that Node keeps in Redis alone is not there, and null elsewhere.
const withoutNulls = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));

/** What a browser is told of its session. */
async function sessionOf(browser) {
  const { session, user } = ok(await browser.client.getSession());
  return { session: withoutNulls(session), user: withoutNulls(user) };
}

function suite(mode, description, direction) {
  describe(`${mode}, ${direction}`, () => {
    const pair = pairOf(description);
    const shared = (name, fn) =>
      test(name, async (t) => {
        const instances = await pair(t);
        if (!instances) return;
        const [here, there] = direction === "from Node" ? instances : instances.toReversed();
        await fn(here, there, t);
      });
    const passing = async (instances, ms) => {
      for (const instance of instances) await instance.clock({ advanceMs: ms });
    };

    shared("a session is used, listed and left at the other", async (here, there) => {
      const ann = person();
      const desk = clientOf(here);
      const { user, token } = ok(await desk.client.signUp.email(ann));
      const phone = clientOf(there);
      const onPhone = ok(await phone.client.signIn.email(ann));
      assert.equal(onPhone.user.id, user.id);

      const far = moved(desk, there);
      const seen = await sessionOf(far);
      assert.equal(seen.session.token, token);
      assert.deepEqual(seen, await sessionOf(desk));
      assert.equal((await there.request("GET", "/me", { headers: { cookie: desk.jar.header } })).status, 200);
      const both = [token, onPhone.token].toSorted();
      for (const browser of [desk, far, phone, moved(phone, here)]) assert.deepEqual(await tokens(browser), both);

      const copy = clientOf(here, { jar: desk.jar.clone() });
      ok(await far.client.signOut());
      assert.equal(ok(await copy.client.getSession()), null);
      assert.deepEqual(await tokens(moved(phone, here)), [onPhone.token]);
    });

    shared("sessions are prolonged at either", async (here, there, t) => {
      t.after(async () => {
        for (const instance of [here, there]) await instance.clock({ reset: true });
      });
      const desk = clientOf(here);
      ok(await desk.client.signUp.email(person()));
      const far = moved(desk, there);
      let last = (await sessionOf(desk)).session;
      for (const browser of [far, desk, far]) {
        await passing([here, there], 11 * MINUTE);
        const { session } = await sessionOf(browser);
        assert.ok(session.expiresAt - last.expiresAt > 10 * MINUTE, "it was prolonged");
        assert.equal(browser.fetch.last.headers.getSetCookie().length, 1);
        last = session;
        for (const other of [desk, far]) {
          assert.deepEqual((await sessionOf(other)).session, last);
          assert.deepEqual(other.fetch.last.headers.getSetCookie(), [], "once is enough");
        }
        assert.equal((await tokens(browser)).length, 1);
      }
      await passing([here, there], 61 * MINUTE);
      for (const browser of [clientOf(there, { jar: desk.jar.clone() }), desk]) assert.equal(ok(await browser.client.getSession()), null);
    });

    shared("a session that is not remembered is not prolonged at the other", async (here, there, t) => {
      t.after(async () => {
        for (const instance of [here, there]) await instance.clock({ reset: true });
      });
      const desk = clientOf(here);
      ok(await desk.client.signUp.email({ ...person(), rememberMe: false }));
      const before = ok(await desk.client.getSession()).session;
      await passing([here, there], 11 * MINUTE);
      const far = moved(desk, there);
      assert.deepEqual(ok(await far.client.getSession()).session.expiresAt, before.expiresAt);
    });

    shared("one session is revoked at the other", async (here, there) => {
      const ann = person();
      const [desk, phone] = [clientOf(here), clientOf(here)];
      ok(await desk.client.signUp.email(ann));
      const { token } = ok(await phone.client.signIn.email(ann));
      ok(await moved(desk, there).client.revokeSession({ token }));
      assert.equal(ok(await phone.client.getSession()), null);
      assert.ok(ok(await desk.client.getSession()));
      assert.equal((await tokens(desk)).length, 1);
    });

    shared("nobody revokes another's session", async (here, there) => {
      const [ann, bob] = [clientOf(here), clientOf(there)];
      const { token } = ok(await ann.client.signUp.email(person()));
      ok(await bob.client.signUp.email(person()));
      await bob.client.revokeSession({ token });
      assert.ok(ok(await moved(ann, there).client.getSession()));
    });

    shared("the others are revoked at the other, and then all", async (here, there) => {
      const ann = person();
      const browsers = [clientOf(here), clientOf(there), clientOf(here)];
      ok(await browsers[0].client.signUp.email(ann));
      for (const { client } of browsers.slice(1)) ok(await client.signIn.email(ann));
      assert.equal((await tokens(browsers[0])).length, 3);

      ok(await moved(browsers[0], there).client.revokeOtherSessions());
      for (const { client } of browsers.slice(1)) assert.equal(ok(await client.getSession()), null);
      assert.equal((await tokens(browsers[0])).length, 1);

      ok(await browsers[1].client.signIn.email(ann));
      const copies = browsers.slice(0, 2).map(({ jar }) => clientOf(here, { jar: jar.clone() }));
      ok(await moved(browsers[0], there).client.revokeSessions());
      for (const { client } of copies) assert.equal(ok(await client.getSession()), null);
    });

    shared("a user is changed at the other, in all of their sessions", async (here, there) => {
      const ann = person();
      const [desk, phone] = [clientOf(here), clientOf(there)];
      ok(await desk.client.signUp.email(ann));
      ok(await phone.client.signIn.email(ann));
      ok(await moved(desk, there).client.updateUser({ name: "Somebody Else", image: "https://img.example/ü.png" }));
      for (const browser of [desk, phone, moved(phone, here)]) {
        const { user } = ok(await browser.client.getSession());
        assert.deepEqual([user.name, user.image], ["Somebody Else", "https://img.example/ü.png"]);
      }
    });

    shared("a field of a session is changed at the other", async (here, there) => {
      const desk = clientOf(here);
      ok(await desk.client.signUp.email(person()));
      ok(await moved(desk, there).client.$fetch("/update-session", { method: "POST", body: { device: "phone" } }));
      assert.equal(ok(await desk.client.getSession()).session.device, "phone");
      ok(await desk.client.$fetch("/update-session", { method: "POST", body: { device: "tablet" } }));
      assert.equal(ok(await moved(desk, there).client.getSession()).session.device, "tablet");
    });

    shared("a password is changed at the other", async (here, there) => {
      const ann = person();
      const [desk, phone] = [clientOf(here), clientOf(here)];
      ok(await desk.client.signUp.email(ann));
      ok(await phone.client.signIn.email(ann));
      const far = moved(desk, there);
      ok(await far.client.changePassword({ currentPassword: ann.password, newPassword: "another horse", revokeOtherSessions: true }));
      assert.equal(ok(await phone.client.getSession()), null);
      assert.ok(ok(await desk.client.getSession()), "the cookie was replaced");
      assert.equal((await phone.client.signIn.email(ann)).error?.status, 401);
      ok(await phone.client.signIn.email({ ...ann, password: "another horse" }));
    });

    shared("a token to reset a password is good at the other, once", async (here, there) => {
      const ann = person();
      const desk = clientOf(there);
      ok(await desk.client.signUp.email(ann));
      const before = (await here.outbox()).at(-1)?.seq ?? 0;
      ok(await clientOf(here).client.requestPasswordReset({ email: ann.email, redirectTo: "/reset" }));
      const [{ callback, args }] = await here.outbox(before);
      assert.equal(callback, "emailAndPassword.sendResetPassword");
      const { token } = args[0];

      const link = await there.request("GET", `/api/auth/reset-password/${token}?callbackURL=/reset`);
      assert.equal(link.status, 302);
      assert.match(link.header("location"), new RegExp(`/reset\\?token=${token}$`));

      const attempts = Array.from({ length: CONCURRENT }, (_, i) =>
        clientOf(i % 2 ? here : there).client.resetPassword({ token, newPassword: `horse number ${i}` }),
      );
      const winners = (await Promise.all(attempts)).flatMap(({ error }, i) => (error ? [] : [i]));
      assert.equal(winners.length, 1, `of ${CONCURRENT} uses of one token ${winners.length} succeeded`);
      assert.equal(ok(await desk.client.getSession()), null, "sessions end with the old password");
      ok(await clientOf(here).client.signIn.email({ ...ann, password: `horse number ${winners[0]}` }));
      for (const instance of [here, there]) {
        assert.equal((await clientOf(instance).client.resetPassword({ token, newPassword: "once more" })).error?.status, 400);
      }
    });

    shared("a link to verify an address is good at the other", async (here, there) => {
      const ann = person();
      const desk = clientOf(there);
      ok(await desk.client.signUp.email(ann));
      const before = (await here.outbox()).at(-1)?.seq ?? 0;
      ok(await clientOf(here).client.sendVerificationEmail({ email: ann.email }));
      const { token } = (await here.outbox(before))[0].args[0];
      ok(await clientOf(there).client.verifyEmail({ query: { token } }));
      for (const browser of [desk, moved(desk, here)]) assert.equal(ok(await browser.client.getSession()).user.emailVerified, true);
    });

    shared("a user is deleted at the other", async (here, there) => {
      const ann = person();
      const [desk, phone] = [clientOf(here), clientOf(here)];
      ok(await desk.client.signUp.email(ann));
      ok(await phone.client.signIn.email(ann));
      ok(await moved(desk, there).client.deleteUser({ password: ann.password }));
      assert.equal(ok(await phone.client.getSession()), null);
      assert.equal((await phone.client.signIn.email(ann)).error?.status, 401);
      ok(await clientOf(here).client.signUp.email(ann));
    });

    if (description.session?.storeSessionInDatabase) {
      const lost = description.session.preserveSessionInDatabase ? "ended" : "found in the database";
      shared(`a session that Redis has lost is ${lost}`, async (here, there) => {
        const desk = clientOf(here);
        const { token } = ok(await desk.client.signUp.email(person()));
        assert.equal(await redis.del(`better-auth:${token}`), 1);
        const answers = [];
        for (const instance of [here, there]) answers.push(ok(await clientOf(instance, { jar: desk.jar.clone() }).client.getSession()));
        const expected = description.session.preserveSessionInDatabase ? [undefined, undefined] : [token, token];
        assert.deepEqual(answers.map((answer) => answer?.session.token), expected);
      });
    }
  });
}

if (DATABASES.includes("postgres")) {
  for (const [mode, description] of Object.entries(MODES)) {
    for (const direction of ["from Node", "to Node"]) suite(mode, description, direction);
  }

  for (const strategy of ["compact", "jwt", "jwe"]) {
    describe(`with a ${strategy} cookie cache`, () => {
      const pair = pairOf({ session: { cookieCache: { enabled: true, strategy } } });
      for (const [from, to] of [[0, 1], [1, 0]]) {
        test(`each reads the other's cookies, ${from === 0 ? "from" : "to"} Node`, async (t) => {
          const instances = await pair(t);
          const desk = clientOf(instances[from]);
          const { user } = ok(await desk.client.signUp.email(person()));
          const copy = clientOf(instances[to], { jar: desk.jar.clone() });
          ok(await desk.client.signOut());
          const cached = ok(await copy.client.getSession());
          assert.equal(cached?.user.id, user.id, "the cookie says who it is, although the session has ended");
          assert.equal(ok(await copy.client.getSession({ query: { disableCookieCache: true } })), null);
          assert.deepEqual(copy.jar.names, []);
        });
      }
    });
  }

  describe("limits", () => {
    const pair = pairOf({ redis: true, rateLimit: { enabled: true, window: 60, max: 6, storage: "secondary-storage" } });
    test("are counted together", async (t) => {
      const instances = await pair(t);
      if (!instances) return;
      const address = `198.51.${randomInt(256)}.${randomInt(256)}`;
      const ask = (instance) => instance.request("GET", "/api/auth/ok", { headers: { "x-forwarded-for": address } });
      for (let i = 0; i < 6; i++) assert.equal((await ask(instances[i % 2])).status, 200, `request ${i + 1}`);
      for (const instance of instances) assert.equal((await ask(instance)).status, 429);
    });
  });
} else {
  test("needs PostgreSQL", (t) => t.skip("DATABASES does not name postgres"));
}
