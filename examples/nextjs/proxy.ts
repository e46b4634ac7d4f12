import { NextResponse, type NextRequest } from "next/server";
import { userOf } from "./lib/user";

export async function proxy(request: NextRequest) {
  if ((await userOf(request.headers.get("cookie"))) !== null) return NextResponse.next();
  const { pathname, search } = request.nextUrl;
  const login = request.nextUrl.clone();
  login.pathname = "/login";
  login.search = `${new URLSearchParams({ to: pathname + search })}`;
  return NextResponse.redirect(login);
}

export const config = { matcher: ["/orders/:path*"] };
