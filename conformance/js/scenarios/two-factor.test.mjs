// The official client with twoFactorClient: enrolment, sign-in with each factor, trusted devices; and bearer tokens.
import assert from "node:assert/strict";
import { test as nodeTest } from "node:test";
import { twoFactorClient } from "better-auth/client/plugins";
import { clientOf, ok, person } from "../lib/client.mjs";
import { matrix, waits } from "../lib/matrix.mjs";
import { totp } from "../lib/totp.mjs";

const test = (name, fn) => nodeTest(name, waits(fn));

const record = { $record: true };
const MINUTE = 60_000;

matrix((open) => {
  const setup = async (t, { options = { otpOptions: { sendOTP: record } }, ...description } = {}) => {
    const instance = await open(t, { plugins: [{ id: "two-factor", options }], ...description });
    // A clock of its own, which the codes of the app go by.
    let now = Date.parse("2026-05-01T12:00:00.000Z");
    await instance.clock({ now });
    const redirects = [];
    return {
      instance,
      redirects,
      pass: async (ms) => instance.clock({ now: (now += ms) }),
      code: (uri) => totp(uri, now),
      browser: (rest) =>
        clientOf(instance, { plugins: [twoFactorClient({ onTwoFactorRedirect: (methods) => redirects.push(methods) })], ...rest }),
    };
  };

  const enrol = async ({ browser, code, pass }, ann) => {
    const { client, jar } = browser();
    ok(await client.signUp.email(ann));
    const enrolment = ok(await client.twoFactor.enable({ password: ann.password }));
    assert.equal(enrolment.method, "totp");
    assert.equal(ok(await client.getSession()).user.twoFactorEnabled, false, "not before the app has shown a code");
    ok(await client.twoFactor.verifyTotp({ code: code(enrolment.totpURI) }));
    assert.equal(ok(await client.getSession()).user.twoFactorEnabled, true);
    await pass(2 * MINUTE);
    return { client, jar, ...enrolment };
  };

  for (const compat of ["exact", "hardened"]) {
    test(`an authenticator app, ${compat}`, async (t) => {
      const world = await setup(t, { compat });
      const ann = person();
      const { totpURI, client } = await enrol(world, ann);
      assert.equal(ok(await client.twoFactor.getTotpUri({ password: ann.password })).totpURI, totpURI);

      const next = world.browser();
      const first = ok(await next.client.signIn.email(ann));
      assert.deepEqual(first, { twoFactorRedirect: true, twoFactorMethods: ["totp", "otp"] });
      assert.deepEqual(world.redirects, [{ twoFactorMethods: ["totp", "otp"] }]);
      assert.equal(ok(await next.client.getSession()), null);
      assert.deepEqual(next.jar.names, ["better-auth.two_factor"]);

      assert.equal((await next.client.twoFactor.verifyTotp({ code: "x00000" })).error?.code, "INVALID_CODE");
      const done = ok(await next.client.twoFactor.verifyTotp({ code: world.code(totpURI) }));
      assert.equal(done.user.email, ann.email);
      assert.equal(ok(await next.client.getSession()).session.token, done.token);

      const late = world.browser();
      ok(await late.client.signIn.email(ann));
      const again = await late.client.twoFactor.verifyTotp({ code: world.code(totpURI) });
      assert.equal(again.error?.code, compat === "exact" ? undefined : "INVALID_CODE", "a code that was used");
    });

    test(`trusted devices, ${compat}`, async (t) => {
      const world = await setup(t, { compat });
      const ann = person();
      const { totpURI } = await enrol(world, ann);
      const device = world.browser();
      ok(await device.client.signIn.email(ann));
      ok(await device.client.twoFactor.verifyTotp({ code: world.code(totpURI), trustDevice: true }));
      for (const _ of [1, 2]) {
        ok(await device.client.signOut());
        assert.equal(ok(await device.client.signIn.email(ann)).user.email, ann.email);
      }
      ok(await device.client.twoFactor.disable({ password: ann.password }));
      assert.equal(ok(await device.client.getSession()).user.twoFactorEnabled, false);
      assert.ok(!device.jar.names.includes("better-auth.trust_device"));
      assert.equal(ok(await world.browser().client.signIn.email(ann)).user.email, ann.email);
    });
  }

  test("codes that are sent", async (t) => {
    const world = await setup(t);
    const ann = person();
    const { client } = world.browser();
    ok(await client.signUp.email(ann));
    assert.deepEqual(ok(await client.twoFactor.enable({ password: ann.password, method: "otp" })), { method: "otp" });
    const next = world.browser();
    assert.deepEqual(ok(await next.client.signIn.email(ann)).twoFactorMethods, ["otp"]);
    assert.deepEqual(ok(await next.client.twoFactor.sendOtp()), { status: true });
    const [{ args }] = (await world.instance.outbox(0)).slice(-1);
    assert.equal(args[0].user.email, ann.email);
    assert.equal((await next.client.twoFactor.verifyOtp({ code: "x00000" })).error?.code, "INVALID_CODE");
    ok(await next.client.twoFactor.verifyOtp({ code: args[0].otp }));
    assert.equal(ok(await next.client.getSession()).user.email, ann.email);
  });

  test("backup codes", async (t) => {
    const world = await setup(t);
    const ann = person();
    const { backupCodes, client } = await enrol(world, ann);
    assert.equal(backupCodes.length, 10);
    const next = world.browser();
    ok(await next.client.signIn.email(ann));
    ok(await next.client.twoFactor.verifyBackupCode({ code: backupCodes[0] }));
    assert.ok(ok(await next.client.getSession()));
    ok(await next.client.signOut());
    ok(await next.client.signIn.email(ann));
    assert.equal((await next.client.twoFactor.verifyBackupCode({ code: backupCodes[0] })).error?.code, "INVALID_BACKUP_CODE");
    const fresh = ok(await client.twoFactor.generateBackupCodes({ password: ann.password })).backupCodes;
    assert.equal((await next.client.twoFactor.verifyBackupCode({ code: backupCodes[1] })).error?.code, "INVALID_BACKUP_CODE");
    ok(await next.client.twoFactor.verifyBackupCode({ code: fresh[1] }));
  });

  test("an account is locked, and unlocked", async (t) => {
    const world = await setup(t, { options: { accountLockout: { maxFailedAttempts: 3, durationSeconds: 60 } } });
    const ann = person();
    const { totpURI } = await enrol(world, ann);
    const next = world.browser();
    ok(await next.client.signIn.email(ann));
    for (const _ of [1, 2, 3]) await next.client.twoFactor.verifyTotp({ code: "x00000" });
    assert.equal((await next.client.twoFactor.verifyTotp({ code: world.code(totpURI) })).error?.code, "ACCOUNT_TEMPORARILY_LOCKED");
    await world.pass(61_000);
    ok(await next.client.twoFactor.verifyTotp({ code: world.code(totpURI) }));
  });

  test("bearer tokens take the place of cookies", async (t) => {
    const instance = await open(t, { plugins: [{ id: "bearer" }] });
    const { client, fetch, jar } = clientOf(instance);
    const ann = person();
    ok(await client.signUp.email(ann));
    const token = fetch.last.headers.get("set-auth-token");
    assert.equal(decodeURIComponent(jar.get("better-auth.session_token").value), token);
    const bare = clientOf(instance, { fetchOptions: { auth: { type: "Bearer", token }, customFetchImpl: (url, init) => globalThis.fetch(new URL(new URL(url).pathname, instance.url), init) } });
    assert.equal(ok(await bare.client.getSession()).user.email, ann.email);
    const me = await instance.request("GET", "/me", { headers: { authorization: `Bearer ${token}` } });
    assert.equal(me.status, 200, "a route of the app's own");
    assert.equal((await instance.request("GET", "/me", { headers: { authorization: "Bearer x.y" } })).status, 401);
    ok(await bare.client.signOut());
    assert.equal(ok(await client.getSession()), null);
  });
});
