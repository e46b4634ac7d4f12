// What the shell decides by itself: which of the page's CSRF tokens goes along, what an answer says of it, and which answers may hide a refusal.
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { sourceModule } from "./lib/source.js";

const { csrfOf } = await sourceModule("src/browser/csrf.js");
const { mayHideRefusal } = await sourceModule("src/browser/doubt.js");

const html = (init) => new Response("<p>", { ...init, headers: { "content-type": "text/html" } });
const redirected = (response) => Object.defineProperty(response, "redirected", { value: true });

describe("the CSRF token", () => {
  let csrf;
  beforeEach(() => (csrf = csrfOf({})));
  afterEach(() => delete globalThis.document);

  const page = (...tokens) => (globalThis.document = { cookie: tokens.map((token) => `XSRF-TOKEN=${token}`).join("; ") });
  const choose = () => {
    const headers = new Headers();
    const sent = csrf.setHeaders(headers, [["X-XSRF", undefined, "cookie", "XSRF-TOKEN"]]);
    return { token: headers.get("X-XSRF"), sent };
  };
  const judge = (status, sent = choose().sent) => csrf.judgeToken(new Response(null, { status }), sent, "call");

  test("is the first of several, until it is refused; then the next; then the one that has worked", async () => {
    page("one", "two", "three");
    assert.equal(choose().token, "one");
    assert.equal((await judge(403))[0], true);
    assert.equal(choose().token, "two");
    await judge(204);
    assert.equal(choose().token, "two");
    await judge(403);
    assert.equal(choose().token, "three", "it was refused since");
    await judge(419);
    assert.equal(choose().token, "two", "all were: the one that has worked");
  });

  test("has not moved where there is no other, and has where there is", async () => {
    page("one");
    const { sent } = choose();
    assert.equal((await judge(403, sent))[0], false);
    page("two");
    assert.equal((await judge(403, sent))[0], true);
    assert.equal((await judge(422, sent))[0], true);
  });

  test("that is another after each good answer says nothing by being another", async () => {
    page("one");
    const { sent } = choose();
    page("two");
    await judge(204, sent);
    assert.equal((await judge(422, sent))[0], false);
    assert.equal((await judge(403, sent))[0], true, "a refusal that is sure is one");
  });

  test("of a header is the last that came from the origin that was asked", () => {
    csrf = csrfOf({ tokenHeader: "X-Token" });
    const answer = (token, url) => Object.defineProperty(new Response(null, { headers: { "X-Token": token } }), "url", { value: url });
    csrf.seeToken(answer("own", "https://api.test/a"), "https://api.test/a");
    csrf.seeToken(redirected(answer("foreign", "https://evil.test/")), "https://api.test/b");
    const headers = new Headers();
    csrf.setHeaders(headers, [["X-CSRF", undefined, "header", "X-Token"]]);
    assert.equal(headers.get("X-CSRF"), "own");
  });
});

describe("a refusal may hide", () => {
  const may = (call, byCookie, accept) => Boolean(mayHideRefusal(call, byCookie, new Headers(accept && { accept })));

  test("behind what looks like no network, but not behind an abort", () => {
    assert.ok(may({ error: new TypeError("Failed to fetch") }));
    assert.ok(!may({ error: new DOMException("", "AbortError") }));
  });

  test("by cookie, behind a page that nobody has asked for", () => {
    assert.ok(may({ answer: redirected(html()) }, true));
    assert.ok(!may({ answer: redirected(html()) }, true, "text/html"));
    assert.ok(!may({ answer: redirected(html()) }, false));
    assert.ok(!may({ answer: html() }, true));
    assert.ok(!may({ answer: redirected(new Response("{}")) }, true));
  });
});
