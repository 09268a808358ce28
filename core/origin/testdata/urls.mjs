// Writes urls.json: what new URL() makes of a few thousand spellings. Deterministic.
//
//	node urls.mjs > urls.json        (urls.json was made with Node 20.20, ada 2.9)
//
// Rows are [input, href, origin, host] or [input] where Node refuses; with a base in front for relative references.
// Credentials are removed from href, which our parser forgets too.

let state = 20260101;
const random = (n) => {
	state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
	return Math.floor((state / 2 ** 32) * n);
};
const pick = (list) => list[random(list.length)];

const read = (input, base) => {
	const row = base === undefined ? [input] : [base, input];
	try {
		const u = new URL(input, base);
		const { origin, host } = u;
		u.username = "";
		u.password = "";
		row.push(u.href, origin, host);
	} catch {}
	return row;
};

const schemes = ["https:", "http:", "HTTPS:", "hTTp:", "ws:", "wss:", "ftp:", "myapp:", "MyApp:", "exp:", "com.example.app:",
	"a+b-c.d:", "javascript:", "data:", "blob:", "mailto:", "localhost:", "1http:", "ht tp:", "-x:", ":", "", "ht\ttps:", " https:"];
const slashes = ["//", "//", "//", "//", "", "/", "///", "////", "\\\\", "/\\", "\\/", "\\", "\t//", "/\n/", "//\t/"];
const users = ["", "", "", "", "", "user@", "user:pw@", "@", "a@b@", ":@", "app.example.com@", "app.example.com\\@",
	"app.example.com/@", "app.example.com%2f@", "app.example.com?@", "app.example.com#@", "user:p:w@", "%40@", "a b@"];
const hosts = ["app.example.com", "APP.Example.COM", "example.com.", "example.com..", ".example.com", "a..b", ".", "..", "",
	"localhost", "a.localhost", "xn--bcher-kva.example", "XN--BCHER-KVA.example", "a_b.example", "-a.example", "a-.example",
	"a!b", "a$b", "a&b", "a'b", "a(b)", "a*b", "a+b", "a,b", "a;b", "a=b", "a`b", "a{b}", "a~b", "a\"b", "a<b", "a>b", "a^b", "a|b",
	"a%b", "a%41b", "a%2eb", "%65xample.com", "a%00b", "a%20b", "a%2fb", "a%5cb", "a%40b", "a%3ab", "a%ZZ", "a%", "a%4", "a b", "a\tb",
	"a\nb", "a\rb", "a\x00b", "a\x1fb", "a\x7fb", "a[b", "a]b", "*.example.com", "ex?mple.com",
	"127.0.0.1", "127.0.0.1.", "127.0.0.1..", "127.1", "127.0.1", "127.0.0x1", "0x7f.1", "0X7F.1", "0x7f000001", "2130706433", "017700000001",
	"0177.0.0.1", "0177.0.0.01", "08.1", "09", "1.2.3.08", "256.1.1.1", "1.256.1.1", "1.2.3.256", "1.2.65536", "1.2.65535",
	"1.16777216", "1.16777215", "4294967295", "4294967296", "0xffffffff", "0x100000000", "99999999999999999999",
	"0xfffffffffffffffffffff", "0x", "0x.", "0x.0x.0", "1.0x", "0xg", "a.0x1", "a.0xg", "a.1", "a.1.", "a.b1", "1e3", "1.2.3.4.5", "1..2", "1.2.3.",
	"0.0.0.0", "00.0.0.0", "192.168.attacker.com", "192.168.0x1.1", "1.2.3.a", "+1", "-1", "1_0",
	"%31%32%37.1", "[::1]", "[::]", "[::1", "::1", "[1:2:3:4:5:6:7:8]", "[1:2:3:4:5:6:7::]", "[::2:3:4:5:6:7:8]", "[1:2:3:4::5:6:7:8]",
	"[1::2::3]", "[2001:DB8::1]", "[2001:0db8:0:0:0:0:0:1]", "[2001:db8:0:0:1:0:0:1]", "[1:0:3:0:5:0:7:0]", "[::ffff:1.2.3.4]", "[::FFFF:c000:201]",
	"[::1.2.3.4]", "[1.2.3.4]", "[::1.2.3]", "[::1.2.3.04]", "[::1.2.3.256]", "[1:2:3:4:5:6:1.2.3.4]", "[1:2:3:4:5:6:7:1.2.3.4]",
	"[::1.2.3.4:5]", "[fe80::1%25eth0]", "[fe80::1%eth0]", "[::12345]", "[::g]", "[:1]", "[1:]", "[:::]", "[]", "[ ::1]", "[::1]x", "x[::1]", "[[::1]]", "[v1.a]",
	"bücher.example", "BÜCHER.example", "ｅｘａｍｐｌｅ.com", "exam\u00adple.com", "\u212aey.com", "faß.de", "a\u3002b", "％41.com", "☃.net", "%C3%BC.com", "%E2%84%AA.com",
	"日本.jp", "a\u200db", "１２７.1", "xn--ls8h.example"];
const ports = ["", "", "", ":", ":80", ":443", ":21", ":8443", ":0", ":00443", ":065535", ":65535", ":65536", ":99999999999", ":8a", ":-1", ":+1",
	": 80", ":8 0", ":8\t0", ":１", "::80", ":80:80", ":80@x.example", ":\\x"];
const tails = ["", "", "/", "/a/b", "/a/../b", "/a/./b", "/a/..", "/a/.", "/..", "/../..//x", "/%2e%2E/x", "/a/.%2e/b", "/a/%2E", "/..a/.b", "/a\\b",
	"\\a\\..\\b", "/a b", "/ü€🚀", "/\x7f\x01", "/\"<>`{}|^[]'", "/%zz%2", "/a//b", "/a//../b", "//x", "/a/ ", "/ ", "?", "?x=1", "?a b'\"<>`{}|^[]ü", "/p?x=1#y",
	"#", "#f", "# \"<>`{}'ü", "/?#", "?x#y?z#w", "/a;b=c", "/a@b:c", "/\t\n", "\t", "\n/x", " ", "  \x00", "/.\t./x", "/%2e\t.", ":80", "@evil.example", "#@evil.example/",
	"?@evil.example/", "\\@evil.example/", "\\\\evil.example", "%2f@evil.example", "%00", "%0d%0aSet-Cookie:x"];

const inputs = new Set();
for (const host of hosts) for (const scheme of ["https:", "http:", "myapp:"]) inputs.add(`${scheme}//${host}/x`);
for (const port of ports) for (const scheme of ["https:", "http:", "ws:", "wss:", "ftp:", "myapp:"]) inputs.add(`${scheme}//h.example${port}`);
for (const tail of tails) for (const start of ["https://h.example", "myapp://h", "myapp://", "myapp:", "https:"]) inputs.add(start + tail);
for (const scheme of schemes) for (const s of slashes) inputs.add(`${scheme}${s}h.example/x`);
for (const user of users) for (const scheme of ["https:", "myapp:"]) inputs.add(`${scheme}//${user}evil.example/`).add(`${scheme}//${user}`);
while (inputs.size < 3000) inputs.add(pick(schemes) + pick(slashes) + pick(users) + pick(hosts) + pick(ports) + pick(tails));
const alphabet = ["h", "t", "t", "p", "s", ":", ":", "/", "/", "/", "\\", "@", ".", ".", "1", "0", "x", "a", "?", "#", "%", "2", "e", "5", "c", "[", "]", " ", "\t", "\n", "\x00", "'", "^", "|"];
while (inputs.size < 4500) {
	let s = pick(["", "http:", "https://", "https://h", "a:", "a://", "a:/"]);
	for (let n = 1 + random(12); n > 0; n--) s += pick(alphabet);
	inputs.add(s);
}

const bases = ["https://app.example.com/a/b?q#f", "http://h.example:8080", "https://h.example/..//x/y", "myapp://host/a/b", "myapp:/a/b", "myapp:opaque", "myapp://h", "ws://h.example/x"];
const references = new Set(["", "x", "/x", "//evil.example/x", "///evil.example", "/\\evil.example", "\\\\evil.example", "\\x", "/a\\..\\b", "?q2", "#f2", "?", "#", ".", "..", "./x", "../x",
	"../../../x", "..//evil.example", "/..//evil.example", "/.//evil.example", "/%2e%2e//evil.example", "/\t/evil.example", "\t//evil.example", " //evil.example", "/\n/evil.example",
	"https:evil", "https:/evil", "https://evil.example", "https:\\\\evil.example", "http:evil.example", "https:?x", "https:#x", "https:", "ws:x", "myapp:x", "myapp:/x", "myapp://evil/x", "javascript:alert(1)", "JaVaScRiPt:alert(1)",
	"java\tscript:alert(1)", "//", "///", "//user@evil.example", "/a/b/../c", "/[dynamic]/(group)", "/ünï", "/🚀", "/a b", "x:y", "1:y", "/a:b", "./a:b", "/http://evil.example", "a/./b/../c/", "%2e%2e/x", "/%2f/evil.example", "//[::1]:3000/x", "//0x7f.1/x"]);
while (references.size < 220) {
	let s = pick(["", "/", "//", ".", "?", "\\", "https:", "/."]);
	for (let n = 1 + random(8); n > 0; n--) s += pick(alphabet);
	references.add(s);
}

// Two slips of this version of Node, against the standard, are left out: ".." as the whole path of an app's URL loses its
// slash, and a reference with a fragment is resolved against an opaque base.
const slips = ([base, reference, href]) =>
	/^[a-z.]*app:|^exp:/i.test(base) && /\/(\.|%2e)\s?(\.|%2e)$/i.test(base) ||
	base === "myapp:opaque" && reference.indexOf("#") > 0 ||
	base.startsWith("myapp:") && reference === ".." && href === "myapp://h";
const rows = (list) => "[\n" + list.map((row) => JSON.stringify(row).replace(/[\u007f-\uffff]/g, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"))).join(",\n") + "\n]";
const parse = [...inputs].map((input) => read(input)).filter((row) => !slips(row));
const resolve = bases.flatMap((base) => [...references].map((reference) => read(reference, base))).filter((row) => !slips(row));
process.stdout.write(`{"parse": ${rows(parse)},\n"resolve": ${rows(resolve)}}\n`);
