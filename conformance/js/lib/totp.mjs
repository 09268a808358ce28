// An authenticator app (RFC 6238).
import { createHmac } from "node:crypto";

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function decode(text) {
  const bits = [...text].map((char) => BASE32.indexOf(char).toString(2).padStart(5, "0")).join("");
  return Buffer.from((bits.match(/[01]{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
}

/** The code that an app with this otpauth: URI shows at a moment, in milliseconds. */
export function totp(uri, now) {
  const { searchParams } = new URL(uri);
  const [period, digits] = [Number(searchParams.get("period")), Number(searchParams.get("digits"))];
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now / 1000 / period)));
  const sum = createHmac("sha1", decode(searchParams.get("secret"))).update(counter).digest();
  const value = sum.readUInt32BE(sum.at(-1) & 0xf) & 0x7fffffff;
  return String(value % 10 ** digits).padStart(digits, "0");
}
