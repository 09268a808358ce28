// Endpoints called in process, as an app's own handlers call them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { person } from "../lib/client.mjs";
import { Jar } from "../lib/jar.mjs";
import { matrix } from "../lib/matrix.mjs";

matrix((open) => {
  const cookiesOf = (result) => {
    const jar = new Jar();
    jar.store(result.headers.filter(([name]) => name === "set-cookie").map(([, value]) => value));
    return jar.header;
  };

  test("signs up, reads the session, signs out", async (t) => {
    const instance = await open(t);
    const ann = person();

    const signedUp = await instance.call("signUpEmail", { body: ann });
    assert.equal(signedUp.status, 200);
    assert.equal(signedUp.body.user.email, ann.email);
    const cookie = cookiesOf(signedUp);

    const session = await instance.call("getSession", { headers: { cookie } });
    assert.equal(session.status, 200);
    assert.equal(session.body.session.token, signedUp.body.token);

    const signedOut = await instance.call("signOut", { headers: { cookie } });
    assert.deepEqual([signedOut.status, signedOut.body], [200, { success: true }]);
    const gone = await instance.call("getSession", { headers: { cookie } });
    assert.deepEqual([gone.status, gone.body], [200, null]);
  });

  test("a session made in process is good over HTTP, and the other way round", async (t) => {
    const instance = await open(t);
    const ann = person();
    await instance.call("signUpEmail", { body: ann });
    const signedIn = await instance.call("signInEmail", { body: { email: ann.email, password: ann.password } });
    assert.equal(signedIn.status, 200);
    const overHTTP = await instance.request("GET", "/api/auth/get-session", {
      headers: { cookie: cookiesOf(signedIn) },
    });
    assert.equal(overHTTP.json().session.token, signedIn.body.token);

    const response = await instance.request("POST", "/api/auth/sign-in/email", { json: ann });
    const jar = new Jar();
    jar.store(response.all("set-cookie"));
    const inProcess = await instance.call("getSession", { headers: { cookie: jar.header } });
    assert.equal(inProcess.body.session.token, response.json().token);
  });

  test("failures are the endpoint's own", async (t) => {
    const instance = await open(t);
    const ann = person();
    await instance.call("signUpEmail", { body: ann });
    const cases = [
      ["signInEmail", { body: { ...ann, password: "wrong horse" } }, 401, "INVALID_EMAIL_OR_PASSWORD"],
      ["signInEmail", { body: { email: 7 } }, 400, "VALIDATION_ERROR"],
      ["signInEmail", {}, 400, "VALIDATION_ERROR"],
      ["signUpEmail", { body: ann }, 422, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL"],
      ["signUpEmail", { body: person({ password: "short" }) }, 400, "PASSWORD_TOO_SHORT"],
    ];
    for (const [operation, input, status, code] of cases) {
      const result = await instance.call(operation, input);
      assert.deepEqual([result.status, result.body?.code], [status, code], `${operation} ${JSON.stringify(input)}`);
    }
  });
});
