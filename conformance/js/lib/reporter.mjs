// A node:test reporter for programs: one line of JSON for each test that ran.
//
//     {"file":"client","path":["stdlib/sqlite","signs up, out, and in again"],"ok":true}
//
// `error` is the failure's text, `skip` the reason why a test didn't run.
import { basename } from "node:path";

export default async function* report(source) {
  // Tests end after the tests inside of them, so the names above one come from where they start.
  const names = [];
  for await (const { type, data } of source) {
    if (type === "test:start") names[data.nesting] = data.name;
    if (type !== "test:pass" && type !== "test:fail") continue;

    const failure = data.details?.error;
    const isSuite = data.details?.type === "suite" || failure?.failureType === "subtestsFailed";
    if (isSuite && (type === "test:pass" || failure?.failureType === "subtestsFailed")) continue;
    yield (
      JSON.stringify({
        file: basename(data.file ?? "", ".test.mjs"),
        path: [...names.slice(0, data.nesting), data.name],
        ok: type === "test:pass",
        ...(data.skip !== undefined && { skip: String(data.skip) }),
        ...(failure && { error: String(failure.cause?.stack ?? failure.cause ?? failure) }),
      }) + "\n"
    );
  }
}
