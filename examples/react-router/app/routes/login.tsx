import { redirect } from "react-router";
import type { Route } from "./+types/login";
import { LoginForm } from "../login-form";
import { userOf } from "../user.server";

export async function loader({ request }: Route.LoaderArgs) {
  const to = new URL(request.url).searchParams.get("to") ?? "";
  // A path of this app: `//` and `/\` begin the address of another site.
  if (await userOf(request.headers.get("cookie"))) throw redirect(/^\/\w/.test(to) ? to : "/orders");
  return null;
}

export default function Login() {
  return <LoginForm />;
}
