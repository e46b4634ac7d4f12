import { redirect } from "next/navigation";
import { currentUser } from "../../lib/current-user";
import { LoginForm } from "./form";

export default async function Login({ searchParams }: { searchParams: Promise<{ to?: string | string[] }> }) {
  const { to } = await searchParams;
  // A path of this app: `//` and `/\` begin the address of another site.
  if (await currentUser()) redirect(typeof to === "string" && /^\/\w/.test(to) ? to : "/orders");
  return <LoginForm />;
}
