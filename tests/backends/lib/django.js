// A Django project of its own, made as a page says, with the packages of `requirements.txt`.
import { execFile } from "node:child_process";
import { appendFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort, startServer } from "./process.js";

const run = promisify(execFile);
const here = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const venv = here(".venv");
const python = join(venv, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");

/** Passwords are hashed a million times as the pages have it; every login would wait for that. */
const QUICK = '\nPASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]\n';

const SETUP = `
from django.contrib.auth.models import User
from django.core.management import call_command
call_command("migrate", verbosity=0)
User.objects.create_user("ada", password="correct horse")`;

/** Makes the virtual environment, unless it is there with these very packages. */
async function ensurePackages() {
  const wanted = await readFile(here("requirements.txt"), "utf8");
  const stamp = join(venv, "requirements.txt");
  if ((await readFile(stamp, "utf8").catch(() => "")) === wanted) return;
  const system = process.env.PYTHON ?? "python3";
  const check = "import sys, venv, ensurepip; assert sys.version_info >= (3, 10), sys.version";
  await run(system, ["-c", check]).catch((error) => {
    const cure = "apt-get install python3-venv, or name another in PYTHON";
    throw new Error(`the tests of Django need Python 3.10 or newer with venv: ${cure}; ${error.message}`);
  });
  await rm(venv, { recursive: true, force: true });
  await run(system, ["-m", "venv", venv]);
  await run(python, ["-m", "pip", "install", "--quiet", "--no-deps", "-r", here("requirements.txt")]);
  await writeFile(`${stamp}.new`, wanted);
  await rename(`${stamp}.new`, stamp);
}

/** A page's `config/settings.py` goes to the end of Django's own, then `settings`; the other files are as they are. */
export async function startDjango(page, settings = "") {
  await ensurePackages();
  const folder = await mkdtemp(join(tmpdir(), "hallpass-django-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const project = await startIn(folder, page, settings);
    const stop = () => project.stop().finally(remove);
    return { ...project, stop };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function startIn(folder, page, settings) {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1", PYTHONUNBUFFERED: "1" };
  const manage = (...args) => run(python, ["manage.py", ...args], { cwd: folder, env });
  await run(python, ["-m", "django", "startproject", "config", folder]);
  await mkdir(join(folder, "api"));
  await writeFile(join(folder, "api/__init__.py"), "");
  for (const { language, file, code } of page.blocks) {
    if (language !== "python") continue;
    await mkdir(dirname(join(folder, file)), { recursive: true });
    if (file.endsWith("settings.py")) await appendFile(join(folder, file), code + QUICK + settings);
    else await writeFile(join(folder, file), code);
  }
  const shell = async (code) => (await manage("shell", "--verbosity", "0", "--command", code)).stdout.trim();
  await shell(SETUP);
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const args = ["manage.py", "runserver", "--noreload", `127.0.0.1:${port}`];
  const server = await startServer(python, args, { cwd: folder, env }, origin);
  return {
    origin,
    /** Runs Python in the project and gives what it prints. */
    shell,
    scope: { password: "correct horse" },
    credentials: { username: "ada", password: "correct horse" },
    wrong: { username: "ada", password: "wrong" },
    user: { id: 1, name: "ada" },
    order: { item: "milk" },
    stop: () => server.stop(),
  };
}
