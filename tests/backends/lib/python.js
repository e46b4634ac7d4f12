// Python, in a virtual environment with the packages of `requirements.txt`.
import { execFile } from "node:child_process";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { inFolder, put } from "./folder.js";
import { freePort, startServer } from "./process.js";

export const run = promisify(execFile);
const here = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const venv = here(".venv");
export const python = join(venv, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
export const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1", PYTHONUNBUFFERED: "1" };

let made;
/** Makes the virtual environment, unless it is there with these very packages. */
export const ensurePackages = () => (made ??= makePackages());

async function makePackages() {
  const wanted = await readFile(here("requirements.txt"), "utf8");
  const stamp = join(venv, "requirements.txt");
  if ((await readFile(stamp, "utf8").catch(() => "")) === wanted) return;
  const system = process.env.PYTHON ?? "python3";
  const check = "import sys, venv, ensurepip; assert sys.version_info >= (3, 10), sys.version";
  await run(system, ["-c", check]).catch((error) => {
    const cure = "apt-get install python3-venv, or name another in PYTHON";
    throw new Error(`the tests of backends in Python need 3.10 or newer with venv: ${cure}; ${error.message}`);
  });
  await rm(venv, { recursive: true, force: true });
  await run(system, ["-m", "venv", venv]);
  await run(python, ["-m", "pip", "install", "--quiet", "--no-deps", "-r", here("requirements.txt")]);
  await writeFile(`${stamp}.new`, wanted);
  await rename(`${stamp}.new`, stamp);
}

/** The page's Python in a folder, and `python -m …command --port=…` there. `more(file)` goes to the end of a file. */
export async function startPython(page, command, more = () => "") {
  await ensurePackages();
  return inFolder(async (folder) => {
    for (const { language, file, code } of page.blocks) {
      if (language === "python") await put(folder, file, code + more(file));
    }
    const port = await freePort();
    const origin = `http://localhost:${port}`;
    const options = { cwd: folder, env, movable: true };
    const server = await startServer(python, ["-m", ...command, `--port=${port}`], options, origin);
    return { ...server, origin };
  });
}
