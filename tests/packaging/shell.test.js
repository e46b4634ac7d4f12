// What the shell reads of pages and answers, whatever stands in them.
import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import fc from "fast-check";
import { sourceModule } from "./lib/source.js";

const { pageTokens } = await sourceModule("src/browser/csrf.js");
const { wishes } = await sourceModule("src/browser/answers.js");

const RUNS = { numRuns: 5_000 };

/** RFC 6265 §4.1.1, and what browsers let through beyond it: anything but a semicolon. */
const name = fc.oneof(
  fc.constantFrom("XSRF-TOKEN", "XSRF", "TOKEN", "XSRF-TOKEN-2", "x"),
  fc.stringMatching(/^[!#$%&'*+.^_`|~\w-]{1,12}$/),
);
const value = fc.oneof(
  fc.constantFrom("", "a=b", "%", "%zz", "%E0%A4%A", "a%3Db%2B", '"quoted"', "XSRF-TOKEN=x"),
  fc.string({ unit: "binary" }).map((text) => text.replace(/[;\0\r\n]/g, "").trim()),
);
const cookie = fc.tuple(name, value);
const acr = fc.stringMatching(/^[^\s",\\]{1,20}$/).filter((text) => /^[\x21-\x7e]+$/.test(text));

describe("the CSRF token of a cookie", () => {
  afterEach(() => delete globalThis.document);

  test("is what a cookie of that name holds, out of quotes and decoded if it can be, and if it can stand in a header", () => {
    fc.assert(
      fc.property(fc.array(cookie, { maxLength: 8 }), name, (cookies, name) => {
        globalThis.document = { cookie: cookies.map((pair) => pair.join("=")).join("; ") };
        const found = cookies.filter(([known]) => known === name).map(([, value]) => decoded(value.replace(/^"(.*)"$/, "$1")));
        assert.deepEqual(pageTokens("cookie", name), found.filter(fits));
      }),
      RUNS,
    );
  });

  test("is that of no other cookie, and none where there is none", () => {
    fc.assert(
      fc.property(fc.array(cookie, { maxLength: 8 }), name, (cookies, name) => {
        const others = cookies.filter(([known]) => known !== name);
        globalThis.document = { cookie: others.map((pair) => pair.join("=")).join("; ") };
        assert.deepEqual(pageTokens("cookie", name), []);
      }),
      RUNS,
    );
  });

  test("is what a header takes, and is read without throwing, whatever the page says", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.stringMatching(/^(a=?%?[0-9a-f]?;? ?)*$/)), name, (text, name) => {
        globalThis.document = { cookie: text };
        for (const token of pageTokens("cookie", name)) assert.ok(new Headers({ token }).has("token"));
      }),
      RUNS,
    );
  });

  test("is nothing where there is no page", () => {
    assert.deepEqual(pageTokens("cookie", "XSRF-TOKEN"), []);
    assert.deepEqual(pageTokens("meta", "csrf"), []);
  });
});

describe("what a challenge wants", () => {
  test("is what it names, in each form that RFC 9110 allows, beside other parameters and challenges", () => {
    fc.assert(
      fc.property(
        fc.array(acr, { minLength: 1, maxLength: 4 }),
        fc.option(fc.nat(), { nil: null }),
        fc.array(fc.constantFrom('realm="a"', "error=insufficient_user_authentication", 'error="x"'), { maxLength: 3 }),
        fc.boolean(),
        (values, age, others, shouts) => {
          const isToken = values.length === 1 && /^[!#$%&'*+.^_`|~\w-]+$/.test(values[0]);
          const name = shouts ? "ACR_VALUES" : "acr_values";
          const params = [...others, `${name}=${isToken ? values[0] : `"${values.join(" ")}"`}`];
          if (age !== null) params.push(age % 2 ? `max_age=${age}` : `Max_Age="${age}"`);
          const challenge = `DPoP algs="ES256", Bearer ${params.join(", ")}`;
          assert.deepEqual(wishes(challenge), [values, age]);
        },
      ),
      RUNS,
    );
  });

  test("is a list of names without blanks and quotes, and a number of seconds or null, whatever it says", () => {
    const piece = fc.oneof(
      fc.constantFrom("acr_values=", "max_age=", '"', " ", ",", "Bearer ", "=", "9".repeat(20)),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.oneof(fc.constant(null), fc.array(piece).map((pieces) => pieces.join(""))), (challenge) => {
        const [values, age] = wishes(challenge);
        assert.ok(values.every((value) => value !== "" && !/[" ]/.test(value)), `${values}`);
        assert.ok(age === null || (Number.isFinite(age) && age >= 0), `${age}`);
      }),
      RUNS,
    );
  });
});

const fits = (value) => /^[ -~\xa0-\xff]+$/.test(value);

function decoded(value) {
  try {
    const text = decodeURIComponent(value);
    return fits(text) ? text : value;
  } catch {
    return value;
  }
}
