// The comparison itself: what it must notice, and what it must not.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { RawResponse } from "../lib/raw.mjs";
import { AllowList } from "./allow.mjs";
import { compare, diff } from "./compare.mjs";
import { sign } from "./cookies.mjs";
import { Normalizer, sameLine } from "./normalize.mjs";
import { observeResponse } from "./observe.mjs";

const SECRET = "a secret";
const START = Date.parse("2026-03-01T12:00:00.000Z");
const TOKENS = ["aaaaaaaaaaaaaaaaAAAAAAAAAAAAAAAA", "bbbbbbbbbbbbbbbbBBBBBBBBBBBBBBBB"];

function observe({ status = 200, headers = [["content-type", "application/json"]], body = "" }) {
  const normalizer = new Normalizer({ url: "http://127.0.0.1:1", start: START });
  return observeResponse(new RawResponse(status, headers.flat(), Buffer.from(body)), { secret: SECRET, normalizer });
}

const cookie = (value, attributes = "Max-Age=604800; Path=/; HttpOnly; SameSite=Lax") =>
  observe({ headers: [["set-cookie", `s=${value}; ${attributes}`]] });
const signed = (token) => encodeURIComponent(`${token}.${sign(token, SECRET)}`);

describe("two answers are the same", () => {
  test("with other tokens in the same places", () => {
    const body = (token) => JSON.stringify({ token, user: { id: token } });
    assert.deepEqual(observe({ body: body(TOKENS[0]) }), observe({ body: body(TOKENS[1]) }));
    assert.deepEqual(cookie(signed(TOKENS[0])), cookie(signed(TOKENS[1])));
  });

  test("with headers in another order, and others that don't matter", () => {
    const a = observe({
      headers: [
        ["Pragma", "no-cache"],
        ["Cache-Control", "no-store"],
        ["Date", "today"],
      ],
    });
    const b = observe({
      headers: [
        ["cache-control", "no-store"],
        ["pragma", "no-cache"],
        ["ETag", "x"],
      ],
    });
    assert.deepEqual(a, b);
  });
});

describe("two answers differ", () => {
  const different = {
    "in status": [{ status: 401 }, { status: 403 }],
    "in a header": [{ headers: [["x-retry-after", "1"]] }, { headers: [] }],
    "in the content type's parameters": [
      { headers: [["content-type", "application/json"]] },
      { headers: [["content-type", "application/json; charset=utf-8"]] },
    ],
    "in the order of members": [{ body: '{"a":1,"b":2}' }, { body: '{"b":2,"a":1}' }],
    "in a value's type": [{ body: '{"a":1}' }, { body: '{"a":"1"}' }],
    "in null and absent": [{ body: '{"a":null}' }, { body: "{}" }],
    "in white space": [{ body: '{"a":1}' }, { body: '{"a": 1}' }],
    "in escapes": [{ body: '{"a":"<"}' }, { body: '{"a":"\\u003c"}' }],
    "in null and no body": [{ body: "null" }, { body: "" }],
    "in which values are equal": [
      { body: JSON.stringify([TOKENS[0], TOKENS[0]]) },
      { body: JSON.stringify([TOKENS[0], TOKENS[1]]) },
    ],
    "in a time": [{ body: '"2026-03-01T12:00:00.000Z"' }, { body: '"2026-03-01T12:00:00.001Z"' }],
    "in a time's form": [{ body: '"2026-03-01T12:00:00.000Z"' }, { body: '"2026-03-01T12:00:00Z"' }],
  };
  for (const [what, [a, b]] of Object.entries(different)) {
    test(what, () => assert.notDeepEqual(observe(a), observe(b)));
  }

  test("in a cookie", () => {
    const good = cookie(signed(TOKENS[0]));
    assert.notDeepEqual(cookie(TOKENS[0]), good, "unsigned");
    assert.notDeepEqual(
      cookie(encodeURIComponent(`${TOKENS[0]}.${sign(TOKENS[0], "another secret")}`)),
      good,
      "wrongly signed",
    );
    assert.notDeepEqual(cookie(`${TOKENS[0]}.${sign(TOKENS[0], SECRET)}`), good, "not encoded");
    assert.notDeepEqual(
      cookie(signed(TOKENS[0]), "Max-Age=604799; Path=/; HttpOnly; SameSite=Lax"),
      good,
      "another Max-Age",
    );
    assert.notDeepEqual(
      cookie(signed(TOKENS[0]), "Max-Age=604800; Path=/; SameSite=Lax; HttpOnly"),
      good,
      "another order",
    );
  });
});

test("a value more in one step leaves the numbers of the next alone", () => {
  const last = (...steps) => {
    const normalizer = new Normalizer({ url: "http://127.0.0.1:1", start: START });
    return steps.map((text, i) => (normalizer.beginStep(i + 1), normalizer.text(text))).at(-1);
  };
  assert.equal(last(TOKENS[0], TOKENS[1]), last("nothing", TOKENS[1]));
  assert.notEqual(last(TOKENS[0], TOKENS[0]), last(TOKENS[0], TOKENS[1]));
});

describe("lists that nobody has sorted", () => {
  const item = (id, name, members = []) => ({ id, name, members });
  const lines = (answers, unsorted) => {
    const normalizer = new Normalizer({ url: "http://127.0.0.1:1", start: START });
    return answers.flatMap((body, i) => {
      normalizer.beginStep(i + 1);
      normalizer.unsorted = unsorted && i === 1;
      const response = new RawResponse(200, ["content-type", "application/json"], Buffer.from(JSON.stringify(body)));
      return observeResponse(response, { secret: SECRET, normalizer });
    });
  };
  const [a, b] = TOKENS;
  const list = [item(a, "x"), item(b, "x", [{ id: a }, { id: b }])];
  const turned = [item(b, "x", [{ id: b }, { id: a }]), item(a, "x")];

  test("are the same in any order", () => {
    assert.deepEqual(lines([{ a, b }, list, { a }], true), lines([{ a, b }, turned, { a }], true));
    const unseen = [[item(a, "x"), item(b, "y")], { first: a, second: b }];
    const others = [[item(a, "y"), item(b, "x")], { first: b, second: a }];
    assert.deepEqual(lines([{}, ...unseen], true), lines([{}, ...others], true));
  });

  test("have an order if they are sorted", () => {
    assert.notDeepEqual(lines([{ a, b }, list], false), lines([{ a, b }, turned], false));
  });

  test("differ in what is in them", () => {
    assert.notDeepEqual(lines([{ a, b }, list], true), lines([{ a, b }, turned.with(1, item(b, "x"))], true));
    assert.notDeepEqual(lines([{}, ["x", "y"]], true), lines([{}, ["y", "x"]], true));
  });
});

test("times may differ by the tolerance, and by no more", () => {
  const [a, b] = ["x <time iso 1000> y", "x <time iso 1500> y"];
  assert.equal(sameLine(a, b, 500), true);
  assert.equal(sameLine(a, b, 499), false);
  assert.equal(sameLine(a, b.replace("y", "z"), 500), false);
});

test("a diff keeps what is common", () => {
  const lines = diff(["a", "b", "c"], ["a", "x", "c", "d"], Object.is);
  assert.deepEqual(lines, [" a", "-b", "+x", " c", "+d"]);
});

test("differences name their step", () => {
  const steps = (line) => [
    { title: "one", lines: ["same"] },
    { title: "two", lines: [line] },
  ];
  assert.deepEqual(compare(steps("a"), steps("a"), 0), []);
  assert.deepEqual(compare(steps("a"), steps("b"), 0), [{ step: 2, title: "two", hunk: ["-a", "+b"] }]);
});

test("a step that fails on both sides is a difference", () => {
  const steps = [{ title: "one", lines: ["failed: oops"] }];
  assert.equal(compare(steps, steps, 0).length, 1);
});

describe("the allow list", () => {
  const entry = { scenario: "s", database: "mysql", step: 2, title: "two", changes: ["-a", "+b"], reason: "decided" };
  const difference = { step: 2, title: "two", hunk: [" same", "-a", "+b"] };

  test("allows exactly what it names", () => {
    const list = new AllowList([entry]);
    assert.equal(list.allows("s", "mysql", difference), true);
    assert.equal(list.allows("s", "sqlite", difference), false);
    assert.equal(list.allows("s", "mysql", { ...difference, hunk: ["-a", "+c"] }), false);
    assert.equal(list.allows("other", "mysql", difference), false);
  });

  test("reports what nothing needed, if it could have been needed", () => {
    const list = new AllowList([entry]);
    assert.deepEqual(list.stale(["s"], ["sqlite"]), []);
    assert.deepEqual(list.stale(["s"], ["mysql"]), [entry]);
    list.allows("s", "mysql", difference);
    assert.deepEqual(list.stale(["s"], ["mysql"]), []);
  });

  test("wants reasons", () => {
    assert.throws(() => new AllowList([{ ...entry, reason: "" }]), /no reason/);
  });
});
