// Files of the source as modules, as they stand, with whatever they import.
import { projectFile } from "./docs.js";

const known = new Map();

/** The module of a file by its path. Of one file there is one module, however often it is asked for. */
export const sourceModule = async (path) => import(await addressOf(path));

function addressOf(path) {
  if (!known.has(path)) known.set(path, written(path));
  return known.get(path);
}

async function written(path) {
  const text = await projectFile(path);
  const folder = path.slice(0, path.lastIndexOf("/"));
  const parts = await Promise.all(
    text.split(/( from "\.\/[^"]+")/).map(async (part) => {
      const [, name] = part.match(/^ from "\.\/([^"]+)"$/) ?? [];
      return name ? ` from "${await addressOf(`${folder}/${name}`)}"` : part;
    }),
  );
  return `data:text/javascript,${encodeURIComponent(parts.join(""))}`;
}
