// Components of Vue and Svelte as TypeScript: for the compiler with what their templates say, for the linter as its parsers have them.
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { createVueLanguagePlugin, forEachEmbeddedCode, getDefaultCompilerOptions, SourceMap } from "@vue/language-core";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as svelteParser from "svelte-eslint-parser";
import { VERSION } from "svelte/compiler";
import { svelte2tsx } from "svelte2tsx";
import ts from "typescript";
import * as typescriptParser from "@typescript-eslint/parser";
import * as vueParser from "vue-eslint-parser";

const { resolve } = createRequire(import.meta.url);
const svelteTypes = dirname(resolve("svelte2tsx"));
const vueTypes = join(dirname(resolve("@vue/language-core")), "types");

/** What the code made of components takes for granted. */
export const ambient = ["svelte-shims-v4.d.ts", "svelte-jsx-v4.d.ts"].map((name) => join(svelteTypes, name));

export const parsers = { svelte: svelteParser, vue: vueParser };

/** As `vue-tsc` and `svelte-check` make it: code, and where a place in it is in the component. No place: what they ask for themselves. */
export function compiled({ language, name, source }, options) {
  return language === "vue" ? ofVue(name, source, options) : ofSvelte(name, source);
}

function ofVue(name, source, options) {
  const vueOptions = getDefaultCompilerOptions(3.5, "vue", true, vueTypes);
  const plugin = createVueLanguagePlugin(ts, options, vueOptions, (name) => name);
  const whole = plugin.createVirtualCode(name, "vue", ts.ScriptSnapshot.fromString(source), {});
  const { snapshot, mappings } = [...forEachEmbeddedCode(whole)].find(({ id }) => id.startsWith("script_"));
  const map = new SourceMap(mappings);
  return {
    code: snapshot.getText(0, snapshot.getLength()),
    lineOf: (position) => {
      for (const [place] of map.toSourceLocation(position, ({ verification }) => Boolean(verification))) return lineAt(source, place);
    },
  };
}

const IGNORED = /\/\*Ωignore_startΩ\*\/.*?\/\*Ωignore_endΩ\*\//gs;

function ofSvelte(name, source) {
  const { code, map } = svelte2tsx(source, { filename: name, isTsFile: true, mode: "ts", version: VERSION });
  const traced = new TraceMap(map);
  const ignored = [...code.matchAll(IGNORED)].map(({ index, 0: { length } }) => [index, index + length]);
  return {
    code,
    lineOf: (position) => {
      if (ignored.some(([from, to]) => position >= from && position < to)) return;
      const before = code.slice(0, position).split("\n");
      return originalPositionFor(traced, { line: before.length, column: before.at(-1).length }).line ?? undefined;
    },
  };
}

/** What the linter's parser for the component gives to that for TypeScript. */
export function scriptsOf({ language, source }) {
  const scripts = new Set();
  const recorder = {
    parseForESLint: (code, options) => {
      scripts.add(code);
      return typescriptParser.parseForESLint(code, options);
    },
  };
  parsers[language].parseForESLint(source, { filePath: `Part.${language}`, parser: recorder, sourceType: "module", ecmaVersion: "latest" });
  return [...scripts];
}

const lineAt = (text, position) => text.slice(0, position).split("\n").length;
