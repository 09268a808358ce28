// Writes zod.json: what better-call with zod 4 answers to inputs, which TestZod expects of this package. Run it in a
// folder that has both packages installed:
//
//     node …/zod.mjs > …/zod.json
//
// An input is JSON text (absent: no body) or a query string. The answer is the message of the error, or the parsed value.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const from = createRequire(process.cwd() + "/");
const load = (name) => import(pathToFileURL(from.resolve(name)));
const z = await load("zod");
const { createEndpoint } = await load("better-call");

const S = z.string();
const N = z.number();
const type = ["{}", `{"a":null}`, `{"a":"x"}`, `{"a":""}`, `{"a":1}`, `{"a":1.5}`, `{"a":true}`, `{"a":false}`, `{"a":[]}`, `{"a":{}}`, `{"a":1e400}`, `{"a":-1e400}`];
const root = [undefined, "null", "[]", `"x"`, "5", "1e400", "true", "{}"];

const bodies = {
	string: [z.object({ a: S }), [...type, ...root, `{"A":"x"}`, `{"a":"x","b":1}`, `{"a":1,"a":"x"}`]],
	boolean: [z.object({ a: z.boolean() }), type],
	number: [z.object({ a: N }), type],
	int: [z.object({ a: N.int() }), [...type, `{"a":9007199254740991}`, `{"a":9007199254740993}`, `{"a":-9007199254740993}`, `{"a":1e21}`]],
	two: [z.object({ a: S, b: N }), ["{}", `{"b":1}`, `{"b":"1","a":1}`, `{"b":1,"a":"x"}`]],
	intBounds: [z.object({ a: N.int().min(1).max(5) }), [`{"a":0}`, `{"a":1}`, `{"a":6}`, `{"a":0.5}`, `{"a":1e300}`, `{"a":-1e300}`, `{"a":"1"}`]],
	numberBounds: [z.object({ a: N.min(-1.5).max(1e21) }), [`{"a":-1.5}`, `{"a":-2}`, `{"a":1e22}`, "{}"]],
	stringBounds: [z.object({ a: S.min(2).max(3) }), [`{"a":""}`, `{"a":"ab"}`, `{"a":"abcd"}`, `{"a":"😀"}`, `{"a":"é"}`, `{"a":"😀😀"}`, `{"a":"e\u0301"}`, `{"a":5}`, `{"a":[]}`, `{"a":[1,2,3,4]}`]],
	password: [z.object({ a: S.min(1) }), type],
	email: [z.object({ a: z.email() }), [...type, `{"a":"a@b.co"}`]],
	emailMin: [z.object({ a: z.email().min(8) }), [`{"a":"x"}`, `{"a":"a@b.co"}`, `{"a":5}`]],
	minEmail: [z.object({ a: S.min(8).email() }), [`{"a":"x"}`, `{"a":"longer than"}`]],
	maxEmail: [z.object({ a: S.max(1).email() }), [`{"a":"xx"}`]],
	message: [z.object({ a: S.min(2, "too short") }), [`{"a":""}`, `{"a":[]}`, `{"a":1}`, "{}"]],
	list: [z.object({ a: z.array(S) }), [...type, `{"a":["x","y"]}`, `{"a":[1,"x",null]}`]],
	listOptional: [z.object({ a: z.array(S).optional() }), ["{}", `{"a":null}`, `{"a":[]}`, `{"a":[1]}`]],
	listBounds: [z.object({ a: z.array(S.min(2)).min(2).max(3) }), [`{"a":[]}`, `{"a":"x"}`, `{"a":"long"}`, `{"a":[[1],"xx"]}`, `{"a":[""]}`, `{"a":["x",""]}`, `{"a":["x","y"]}`, `{"a":["",1]}`, `{"a":[1]}`, `{"a":["","",1,""]}`, `{"a":[null,"",5]}`]],
	listEmail: [z.object({ a: z.array(z.email()).min(3) }), [`{"a":[1,"x"]}`, `{"a":["x"]}`]],
	listAny: [z.object({ a: z.array(z.any()) }), [`{"a":[null,1,"x",[],{}]}`, "{}"]],
	listNumber: [z.object({ a: z.array(N) }), [`{"a":[1,2.5]}`, `{"a":[1e400,"1",{}]}`]],
	listList: [z.object({ a: z.array(z.array(S)) }), [`{"a":[["x"],[]]}`, `{"a":[[1],5,["x",null]]}`]],
	listObject: [z.object({ a: z.array(z.object({ b: S, c: N.optional() })) }), [`{"a":[{"b":"x"},{"b":"y","c":1}]}`, `{"a":[{}]}`, `{"a":[{"b":"x","c":"1"},5]}`]],
	listStrict: [z.object({ a: z.array(z.strictObject({ b: S })) }), [`{"a":[{"b":1,"c":2}]}`, `{"a":[{"b":"x"}]}`]],
	listObjectMin: [z.object({ a: z.array(z.object({ b: S })).min(3) }), [`{"a":[{}]}`]],
	listEnum: [z.object({ a: z.array(z.enum(["x", "y"])) }), [`{"a":["x","z",1]}`, `{"a":["z"]}`, `{"a":["y","x"]}`]],
	nested: [z.object({ a: z.object({ b: S }) }), [...type, `{"a":{"b":1}}`, `{"a":{"b":"x","c":1}}`]],
	nestedOptional: [z.object({ a: z.object({ b: S, c: z.object({ d: S }).optional() }).optional() }), ["{}", `{"a":null}`, `{"a":{}}`, `{"a":{"b":"x","c":{}}}`, `{"a":{"b":"x","c":{"d":"y"}}}`]],
	nestedNullable: [z.object({ a: z.object({ b: S }).nullish() }), ["{}", `{"a":null}`, `{"a":{}}`, `{"a":{"b":"x"}}`]],
	nestedChecks: [z.object({ a: z.object({ b: S.min(1).optional(), c: z.email() }) }), [`{"a":{"b":"","c":"x"}}`, `{"a":{"c":"a@b.co"}}`]],
	nestedStrict: [z.object({ a: z.strictObject({ b: S }), c: S }), [`{"a":{"b":"1","z":1}}`, `{"a":{"y":1,"z":1}}`]],
	oneof: [z.object({ a: z.enum(["x", "y"]) }), [...type, `{"a":"z"}`, `{"a":["x"]}`]],
	oneofOptional: [z.object({ a: z.enum(["x", "y"]).optional() }), ["{}", `{"a":null}`, `{"a":"z"}`, `{"a":"y"}`]],
	oneofDefault: [z.object({ a: z.enum(["x", "y"]).default("x") }), ["{}", `{"a":null}`, `{"a":"z"}`, `{"a":"y"}`]],
	literal: [z.object({ a: z.literal("x") }), [...type, `{"a":"z"}`]],
	record: [z.object({ a: z.record(S, z.any()) }), [...type, `{"a":{"b":1,"c":{"d":null}}}`, `{"a":{"__proto__":1,"b":2}}`]],
	recordString: [z.object({ a: z.record(S, S) }), [...type, `{"a":{"b":"x","c":"y"}}`, `{"a":{"b":1,"c":"x","d":null}}`, `{"a":{"__proto__":1}}`, "{}"]],
	recordList: [z.object({ a: z.record(S, z.array(S)) }), [`{"a":{"b":["x"],"c":[]}}`, `{"a":{"b":1,"c":["x",2],"d":null}}`]],
	recordObject: [z.object({ a: z.record(S, z.object({ b: S })) }), [`{"a":{"x":{},"y":5}}`, `{"a":{"x":{"b":"y"}}}`]],
	any: [z.object({ a: z.any() }), ["{}", `{"a":null}`, `{"a":[1,{"b":2}]}`]],
	anyOptional: [z.object({ a: z.any().optional() }), ["{}", `{"a":5}`]],
	optional: [z.object({ a: S.optional() }), type],
	optionalChecks: [z.object({ a: S.min(1).optional() }), ["{}", `{"a":""}`, `{"a":"x"}`]],
	nullish: [z.object({ a: S.min(1).nullish() }), [...type]],
	defaultTrue: [z.object({ a: z.boolean().default(true).optional() }), type],
	coerceString: [z.object({ a: z.coerce.string() }), [...type, `{"a":[1,null,[2,"x"],{}]}`, `{"a":-0}`, `{"a":1e21}`]],
	coerceStringOptional: [z.object({ a: z.coerce.string().optional() }), type],
	coerceStringMessage: [z.object({ a: z.coerce.string().min(1, "cannot be empty") }), ["{}", `{"a":""}`, `{"a":[]}`, `{"a":null}`]],
	coerceBool: [z.object({ a: z.coerce.boolean() }), type],
	coerceBoolOptional: [z.object({ a: z.coerce.boolean().optional() }), type],
	coerceNumber: [z.object({ a: z.coerce.number() }), [...type, ..."abc, 12 ,0x1f,0X1F,0b101,0o17,0x,0xg,-0x1,1e3,1e400,.5,5.,.,1_0,+5,-5,+-5,Infinity,-Infinity,inf,nan,NaN,1e,1e+,00012,\\u00a07\\u2028\\ufeff".split(",").map((s) => `{"a":"${s}"}`), `{"a":["5"]}`, `{"a":[5,6]}`]],
	coerceInt: [z.object({ a: z.coerce.number().int().min(0).optional() }), ["{}", `{"a":"1.5"}`, `{"a":"-1"}`, `{"a":"x"}`, `{"a":"1e300"}`, `{"a":"-1e300"}`, `{"a":"7"}`, `{"a":null}`]],
	strict: [z.strictObject({ a: S }), [...root, `{"a":"x"}`, `{"a":"x","b":1}`, `{"b":1}`, `{"a":1,"b":1,"c\\"":2}`, `{"a":"x","__proto__":1}`]],
	strictEmpty: [z.strictObject({}), [...root, `{"a":1}`]],
	strictOrder: [z.strictObject({ a: S, n: z.object({ x: S, y: z.array(S) }), b: S }), [`{"n":{"y":[1,"x",2]},"c":1}`]],
	optionalBody: [z.object({ a: S, b: S.optional() }).optional(), [...root, `{"a":"x"}`]],
	extra: [z.object({ a: S, b: S.optional() }).and(z.record(S, z.any())), [...root, `{"a":"x","c":1,"d":null}`, `{"z":1,"a":"x","y":[2]}`, `{"a":"x","b":1}`, `{"a":"x","__proto__":1}`]],
	recordBody: [z.record(S, z.any()), [...root, `{"b":1,"a":{"c":2}}`]],
	signUp: [
		z.object({ name: S, email: z.email(), password: S.min(1), image: S.optional(), rememberMe: z.boolean().optional() }).and(z.record(S, z.any())),
		["{}", `{"name":5,"email":"x","password":"","image":null,"rememberMe":"yes"}`, `{"name":"A","email":"a@b.co","password":"p"}`],
	],
	socials: [
		z.object({ provider: S, idToken: z.object({ token: S, expiresAt: N.optional(), user: z.object({ name: z.object({ firstName: S.optional() }).optional() }).optional() }).optional(), scopes: z.array(S).optional() }),
		[`{"provider":"x"}`, `{"idToken":{"expiresAt":"1","user":{"name":{"firstName":1}}},"scopes":["a",1]}`, `{"provider":"x","idToken":5,"scopes":"a"}`],
	],
};

const queries = {
	string: [z.object({ a: S }), ["", "a=", "a=x", "a=1&a=2", "b=1"]],
	number: [z.object({ a: N }), ["a=1"]],
	list: [z.object({ a: z.array(S) }), ["a=1", "a=1&a=2", ""]],
	oneofOptional: [z.object({ a: z.enum(["x", "y"]).optional() }), ["", "a=x", "a=z", "a=x&a=y"]],
	coerceBoolOptional: [z.object({ a: z.coerce.boolean().optional() }), ["", "a", "a=", "a=false", "a=&a="]],
	coerceInt: [z.object({ a: z.coerce.number().int().min(0).optional() }), ["", "a=", "a=5", "a=x", "a=-1", "a=1&a=2"]],
	strict: [z.strictObject({ a: S }), ["a=x", "a=x&b=1", "b=1&c=2"]],
};

async function answer(options, input) {
	try {
		const value = await createEndpoint("/", { method: "POST", ...options }, async (c) => (options.body ? c.body : c.query))(input);
		return { output: value === undefined ? undefined : JSON.stringify(value) };
	} catch (e) {
		if (!e.body) throw e;
		return { message: e.body.message };
	}
}

function parseQuery(text) {
	const query = {};
	for (const [key, value] of new URLSearchParams(text)) query[key] = key in query ? [].concat(query[key], value) : value;
	return query;
}

const cases = [];
for (const [schema, [body, inputs]] of Object.entries(bodies))
	for (const input of inputs)
		cases.push({ schema, body: input, ...(await answer({ body }, { body: input === undefined ? undefined : JSON.parse(input) })) });
for (const [schema, [query, inputs]] of Object.entries(queries))
	for (const input of inputs) cases.push({ schema, query: input, ...(await answer({ query }, { query: parseQuery(input) })) });

const addresses = [
	"a@b.co", "A.B+c_d-e'f@x-y.z1.Com", "a@b.c", "a@b", "@b.co", "a@.co", "a@b..co", "a@-b.co", "a@b-.co", "a@b.c1", "a@b.co-", "a@b.co.", ".a@b.co", "a.@b.co",
	"a..b@c.de", "a'@b.co", "'a@b.co", "'@b.co", "a@b.co\n", " a@b.co", "a b@c.de", "a@b@c.de", "a@1.co", "1@1.co", "a@b_c.de", "ä@b.co", "a@ä.de",
	"a@b.äö", "", "@", "a@", "a!b@c.de", "a/b@c.de", "a%b@c.de", "-@b.co", "_@b.co", "+@b.co", "a.'b@c.de", "a.'@c.de", "a@b.CO", "a@xn--bcher-kva.de", "a@b.xn--p1ai",
	"a@[127.0.0.1]", "\"a\"@b.co", "a@b.c-o", "a@b.co1x", "a@a.b.c.d.ef", "a-.b@c.de", "a.-@c.de", "\u0000a@b.co", "a@b.co\u0000", "a,b@c.de",
];
const emails = {};
for (const a of addresses) emails[a] = z.email().safeParse(a).success;

console.log(`{"cases":[\n${cases.map((c) => JSON.stringify(c)).join(",\n")}\n],"emails":${JSON.stringify(emails)}}`);
