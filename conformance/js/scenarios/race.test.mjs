// Two servers over one database and one Redis, asked for things at the same moment: no session is lost, and none comes
// back. This is about Cardea alone: better-auth reads a user's list of sessions, changes it and writes it back.
import assert from "node:assert/strict";
import { after, before, test as nodeTest } from "node:test";
import { clientOf, ok, person } from "../lib/client.mjs";
import { freshDatabase } from "../lib/databases.mjs";
import { matrix, waits } from "../lib/matrix.mjs";
import { REDIS, connectRedis } from "../lib/redis.mjs";

const test = (name, fn) => nodeTest(name, waits(fn));

const AT_ONCE = 12;
const MINUTE = 60_000;

const MODES = {
  "sessions in Redis": {},
  "sessions in Redis and the database": { storeSessionInDatabase: true },
};

let redis;
before(async () => (redis = await connectRedis()));
after(() => redis?.quit());

matrix((open, { kind }) => {
  for (const [mode, session] of Object.entries(MODES)) {
    /** A test of two servers that share everything. */
    const both = (name, fn) =>
      test(`${mode}: ${name}`, async (t) => {
        if (!redis) {
          assert.notEqual(process.env.CI, "true", `Redis cannot be reached at ${REDIS}`);
          return t.skip(`Redis cannot be reached at ${REDIS} (CARDEA_TEST_REDIS)`);
        }
        const { database, drop } = await freshDatabase(kind);
        t.after(drop);
        const description = {
          database,
          secondaryStorage: { kind: "redis", url: REDIS },
          options: { secret: "one-secret-for-both-of-them-0123456789", session: { expiresIn: 3600, updateAge: 600, ...session } },
        };
        return fn([await open(t, description), await open(t, description)]);
      });
    const at = (servers, i) => servers[i % servers.length];
    const tokens = async (server, { jar }) =>
      ok(await clientOf(server, { jar: jar.clone() }).client.listSessions())
        .map(({ token }) => token)
        .toSorted();

    both("everybody who signs in at once is on the list", async (servers) => {
      const ann = person();
      const desk = clientOf(servers[0]);
      const { token } = ok(await desk.client.signUp.email(ann));
      const signIns = Array.from({ length: AT_ONCE }, (_, i) => clientOf(at(servers, i)).client.signIn.email(ann));
      const made = (await Promise.all(signIns)).map((answer) => ok(answer).token);
      for (const server of servers) assert.deepEqual(await tokens(server, desk), [token, ...made].toSorted());
    });

    both("who is revoked at once is off the list, and who signs in meanwhile is on it", async (servers) => {
      const ann = person();
      const desk = clientOf(servers[0]);
      const { token } = ok(await desk.client.signUp.email(ann));
      const old = [];
      for (let i = 0; i < AT_ONCE; i++) old.push(ok(await clientOf(at(servers, i)).client.signIn.email(ann)).token);
      const revoke = (victim, i) => clientOf(at(servers, i), { jar: desk.jar.clone() }).client.revokeSession({ token: victim });
      const signIns = old.map((_, i) => clientOf(at(servers, i + 1)).client.signIn.email(ann));
      const [made] = await Promise.all([Promise.all(signIns), Promise.all(old.map(revoke))]);
      const expected = [token, ...made.map((answer) => ok(answer).token)].toSorted();
      for (const server of servers) assert.deepEqual(await tokens(server, desk), expected);
    });

    both("a session that is prolonged while it is revoked does not come back", async (servers) => {
      for (let round = 0; round < 8; round++) {
        const ann = person();
        const desk = clientOf(servers[0]);
        ok(await desk.client.signUp.email(ann));
        for (const server of servers) await server.clock({ advanceMs: 11 * MINUTE }); // now looking prolongs it
        const cookies = desk.jar.clone();
        const looks = Array.from({ length: AT_ONCE }, (_, i) =>
          clientOf(at(servers, i), { jar: cookies.clone() }).client.getSession(),
        );
        const [revoked] = await Promise.all([desk.client.revokeSessions(), ...looks]);
        ok(revoked);
        for (const server of servers) {
          const { client } = clientOf(server, { jar: cookies.clone() });
          assert.equal(ok(await client.getSession()), null, `round ${round + 1}`);
        }
        const again = clientOf(servers[1]);
        const { token } = ok(await again.client.signIn.email(ann));
        for (const server of servers) {
          assert.deepEqual(await tokens(server, again), [token]);
          await server.clock({ reset: true });
        }
      }
    });
  }
}, ["sqlite"]);
