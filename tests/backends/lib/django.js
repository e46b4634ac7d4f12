// A Django project of its own, made as a page says.
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { inFolder, put } from "./folder.js";
import { freePort, startServer } from "./process.js";
import { ensurePackages, env, python, run } from "./python.js";

/** Passwords are hashed a million times as the pages have it; every login would wait for that. */
const QUICK = '\nPASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]\n';

const SETUP = `
from django.contrib.auth.models import User
from django.core.management import call_command
call_command("migrate", verbosity=0)
User.objects.create_user("ada", email="ada@example.com", password="correct horse")`;

/** A page's `config/settings.py` goes to the end of Django's own, then `settings`; the other files are as they are. */
export async function startDjango(page, settings = "", setup = "") {
  await ensurePackages();
  return inFolder((folder) => startIn(folder, page, settings, setup));
}

async function startIn(folder, page, settings, setup) {
  const manage = (...args) => run(python, ["manage.py", ...args], { cwd: folder, env });
  await run(python, ["-m", "django", "startproject", "config", folder]);
  await put(folder, "api/__init__.py", "");
  for (const { language, file, code } of page.blocks) {
    if (language !== "python") continue;
    if (file.endsWith("settings.py")) await appendFile(join(folder, file), code + QUICK + settings);
    else await put(folder, file, code);
  }
  const shell = async (code) => (await manage("shell", "--verbosity", "0", "--command", code)).stdout.trim();
  await shell(SETUP + setup);
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const args = ["manage.py", "runserver", "--noreload", `127.0.0.1:${port}`];
  const server = await startServer(python, args, { cwd: folder, env, movable: true }, origin);
  return {
    ...server,
    origin,
    /** Runs Python in the project and gives what it prints. */
    shell,
    scope: { password: "correct horse" },
    credentials: { username: "ada", password: "correct horse" },
    wrong: { username: "ada", password: "wrong" },
    user: { id: 1, name: "ada" },
    order: { item: "milk" },
  };
}
