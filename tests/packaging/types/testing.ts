// `hallpass/testing`: a client as the real one is, and what leads it.
import { AuthError, type AuthClient } from "hallpass";
import { createFakeAuth, type FakeAuthClient, type FakeCall } from "hallpass/testing";

interface Person {
  id: number;
  name: string;
}

declare function app(auth: AuthClient<Person>): void;

export function tests(): FakeAuthClient<Person> {
  const auth = createFakeAuth<Person>({ login: async () => ({ id: 1, name: "Ada" }), claims: { sub: "1" }, lifetime: null });
  app(auth);
  auth.fake.signInAs({ id: 2, name: "Grace" });
  auth.fake.signOut("session_ended");
  auth.fake.failNext("login", new AuthError("timeout", "late"));
  auth.fake.answer("POST /orders", async (request) => new Response(await request.text()));
  auth.fake.answer("/orders", [{ id: 7 }]);
  auth.fake.emit("step-up-required", { acrValues: ["mfa"], maxAge: null });
  return auth;
}

/** The type of the user is that of the one that is given. */
export const name: string | undefined = createFakeAuth({ user: { id: 1, name: "Ada" } }).user?.name;

export const told = (call: FakeCall): unknown =>
  call.method === "login" ? call.credentials : call.method === "authFetch" ? call.request.url : call.method === "adopt" ? call.answer : call.method;

declare const auth: FakeAuthClient<Person>;
// @ts-expect-error -- not a user of this app
auth.fake.signInAs({ id: 1 });
// @ts-expect-error -- not a reason
auth.fake.signOut("bored");
auth.fake.failNext("logout", new Error());
// @ts-expect-error -- what never fails
auth.fake.failNext("journal", new Error());
// @ts-expect-error -- what belongs to another event
auth.fake.emit("token-large", { acrValues: [] });
// @ts-expect-error -- the real one is not led
(auth as AuthClient<Person>).fake;
