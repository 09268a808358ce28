// The whole redirect dance in a real browser, with better-auth's client on the app's pages.
import assert from "node:assert/strict";
import { after, before, test as nodeTest } from "node:test";
import { App, lacking, startChromium } from "../lib/chromium.mjs";
import { person } from "../lib/client.mjs";
import { ADAPTERS, DATABASES, matrix, waits } from "../lib/matrix.mjs";
import { CLIENT } from "../lib/idp.mjs";
import { RawClient } from "../lib/raw.mjs";
import { ANN, Browser, EVE, useProviders, withGeneric, withKnown } from "../lib/social.mjs";

const test = (name, fn) => nodeTest(name, lacking ? { skip: lacking } : {}, waits(fn));
const openProvider = useProviders();

let chromium;
before(async () => (chromium = lacking ? undefined : await startChromium()));
after(() => chromium?.close());

const signIn = (provider) => `client.signIn.social({ provider: '${provider}', callbackURL: '/app/home', errorCallbackURL: '/app/sorry' })`;
const link = (provider) => `client.linkSocial({ provider: '${provider}', callbackURL: '/app/settings', errorCallbackURL: '/app/sorry' })`;
const BUTTONS = {
  Google: signIn("google"),
  Apple: signIn("apple"),
  Acme: signIn("acme"),
  "Google without an error page": "client.signIn.social({ provider: 'google', callbackURL: '/app/home' })",
  "Link Google": link("google"),
  "Sign out": "client.signOut().then(() => location.reload())",
};

matrix((open, { adapter, kind }) => {
  if (kind !== DATABASES[0]) return; // none of it is about the database

  /** An instance whose providers are at another site, and pages of a browser without history. */
  const setUp = async (t, provider) => {
    const idp = await openProvider(t);
    const site = idp.url.replace("127.0.0.1", "idp.test");
    const at = (path) => ({ clientId: CLIENT.id, clientSecret: CLIENT.secret, authorizationEndpoint: `${site}/at/${path}` });
    const app = await App.start(BUTTONS);
    t.after(() => app.close());
    const options = {
      baseURL: app.origin,
      socialProviders: { google: at("accounts.google.com/o/oauth2/v2/auth"), apple: at("appleid.apple.com/auth/authorize") },
    };
    const fields = { authorizationUrl: `${site}/authorize` };
    const instance = await open(t, provider === "Acme" ? withGeneric(idp, { fields, options }) : withKnown(idp, { options }));
    app.of(instance);
    const context = await chromium.browser.newContext();
    t.after(() => context.close());
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    const press = (name) => page.getByRole("button", { name, exact: true }).click();
    return {
      idp,
      app,
      context,
      page,
      press,
      visit: (path) => page.goto(app.origin + path),
      /** Chooses an account at the provider and decides. */
      decide: async (person, button) => {
        await page.waitForURL((url) => url.host === new URL(site).host);
        if (person) await page.getByLabel(person.email).check();
        await press(button);
      },
      /** Waits for a page of the app and says who is signed in there. */
      arrive: async (path) => {
        await page.waitForURL((url) => url.origin === app.origin && url.pathname === path);
        const user = page.locator("#user");
        await user.filter({ hasText: /./ }).waitFor();
        return user.textContent();
      },
    };
  };

  for (const provider of ["Google", "Apple", "Acme"]) {
    test(`${provider}: from the sign-in page to consent, cancelled at first, and to the home page`, async (t) => {
      const { visit, press, decide, arrive, page } = await setUp(t, provider);
      await visit("/app/sign-in");
      assert.equal(await arrive("/app/sign-in"), "nobody");
      await press(provider);
      await decide(undefined, "Cancel");
      assert.equal(await arrive("/app/sorry"), "nobody");
      assert.equal(new URL(page.url()).searchParams.get("error"), "access_denied");
      await press(provider);
      await decide(EVE, "Approve");
      assert.equal(await arrive("/app/home"), EVE.email);
      assert.equal(new URL(page.url()).search, "", "neither code nor state is left in the address");
      await press("Sign out");
      await page.locator("#user", { hasText: "nobody" }).waitFor();
    });
  }

  test("links an account, and signs in with it later", async (t) => {
    const { visit, press, decide, arrive, page } = await setUp(t);
    await visit("/app/sign-up");
    await arrive("/app/sign-up");
    const ann = person({ email: ANN.email });
    await page.evaluate((fields) => client.signUp.email(fields), ann);
    await visit("/app/settings");
    assert.equal(await arrive("/app/settings"), ANN.email);
    await press("Link Google");
    await decide(ANN, "Approve");
    await arrive("/app/settings");
    const accounts = await page.evaluate(async () => (await client.listAccounts()).data.map(({ providerId }) => providerId));
    assert.deepEqual(accounts.sort(), ["credential", "google"]);
    await press("Sign out");
    await page.locator("#user", { hasText: "nobody" }).waitFor();
    await press("Google");
    await decide(ANN, "Approve");
    assert.equal(await arrive("/app/home"), ANN.email);
    assert.equal(await page.evaluate(async () => (await client.getSession()).data.user.name), ann.name);
  });

  if (adapter !== ADAPTERS[0]) return; // nor what follows about the adapter

  test("an account of somebody else's is not linked", async (t) => {
    const { visit, press, decide, arrive, page } = await setUp(t);
    await visit("/app/sign-up");
    await arrive("/app/sign-up");
    await page.evaluate((fields) => client.signUp.email(fields), person());
    await visit("/app/settings");
    await arrive("/app/settings");
    await press("Link Google");
    await decide(EVE, "Approve");
    await arrive("/app/sorry");
    assert.equal(new URL(page.url()).searchParams.get("error"), "email_does_not_match");
    const accounts = await page.evaluate(async () => (await client.listAccounts()).data.length);
    assert.equal(accounts, 1);
  });

  test("a link of the attacker's to the callback lets nobody in", async (t) => {
    const { idp, app, visit, press, decide, arrive, page } = await setUp(t);
    const eve = new Browser({ url: app.origin, request: (...args) => new RawClient(app.origin).request(...args) });
    const { url } = await idp.visit((await eve.start("google", { errorCallbackURL: "/app/sorry" })).replace(/^.*\/at\//, "https://"), { user: "eve" });
    for (const begun of [false, true]) {
      await visit("/app/sign-in");
      await arrive("/app/sign-in");
      if (begun) {
        await press("Google");
        await page.waitForURL(/idp\.test/);
      }
      await page.goto(url);
      assert.match(page.url(), /error=state_mismatch/);
      await visit("/app/home");
      assert.equal(await arrive("/app/home"), "nobody");
    }
    await press("Google");
    await decide(ANN, "Approve");
    assert.equal(await arrive("/app/home"), ANN.email);
  });

  test("another site cannot begin a sign-in", async (t) => {
    const { app, context, page } = await setUp(t);
    const target = `${app.origin}/api/auth/sign-in/social`;
    await context.route("http://evil.test/**", (route) =>
      route.fulfill({
        contentType: "text/html",
        body: `<form method="post" enctype="text/plain" action="${target}"><input name='{"provider":"google","x":"' value='"}'><button>win</button></form>`,
      }),
    );
    await page.goto("http://evil.test/");
    const [answer] = await Promise.all([page.waitForResponse(target), page.getByRole("button").click()]);
    assert.equal(answer.status(), 415);
    await page.goto("http://evil.test/");
    const failure = await page.evaluate(
      (url) => fetch(url, { method: "POST", credentials: "include", headers: { "content-type": "application/json" }, body: '{"provider":"google"}' }).then(() => "", String),
      target,
    );
    assert.match(failure, /TypeError/, "the page does not get the answer");
    assert.deepEqual(await context.cookies(app.origin), []);
  });

  test("the server's own error page shows what the provider said, as text", async (t) => {
    const { idp, visit, press, decide, page } = await setUp(t);
    page.on("dialog", () => assert.fail("a script ran"));
    await idp.fault({ endpoint: "authorize", times: 1, error: "<script>alert(1)</script>", description: "<img src=x onerror=alert(2)>" });
    await visit("/app/sign-in");
    await press("Google without an error page");
    await decide(ANN, "Approve");
    await page.waitForURL(/\/api\/auth\/error\?/);
    assert.equal(await page.locator("img[onerror], script:text('alert(1)')").count(), 0);
  });
});
