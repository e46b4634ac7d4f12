import { AngularNodeAppEngine, createNodeRequestHandler, isMainModule, writeResponseToNodeResponse } from "@angular/ssr/node";
import express from "express";
import { join } from "node:path";

const app = express();
const angularApp = new AngularNodeAppEngine();

app.use(express.static(join(import.meta.dirname, "../browser"), { index: false, redirect: false }));

// As docs/frameworks/angular.md has it.
app.use(async (request, response, next) => {
  const user = await userOf(request.headers.cookie);
  const page = await angularApp.handle(request, { user });
  if (!page) return next();
  page.headers.set("Cache-Control", "private, no-store");
  await writeResponseToNodeResponse(page, response);
});

async function userOf(cookie: string | undefined): Promise<{ id: string; name: string } | null | undefined> {
  if (!cookie) return null;
  const answer = await fetch(`${process.env["BACKEND"]}/auth/session/me`, { headers: { cookie }, signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
  if (answer?.ok) return (await answer.json()).user;
  return answer?.status === 401 ? null : undefined;
}
if (isMainModule(import.meta.url)) app.listen(Number(process.env["PORT"]), "127.0.0.1");

/** For the command line, which loads this file. */
export const reqHandler = createNodeRequestHandler(app);
