// Rails as Debian packages it, and an app of the page's own files with what `rails new` and `rails generate devise` make beside them.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { inFolder, put } from "./folder.js";
import { freePort, startServer } from "./process.js";

const run = promisify(execFile);
const LIBRARIES = ["rails", "active_record/railtie", "action_controller/railtie", "devise", "sqlite3", "puma"];

/** Why it cannot run here, or `undefined`. */
export async function whyNoRails() {
  const probe = LIBRARIES.map((name) => `require "${name}"`).join("; ");
  const isHere = await run("ruby", ["-e", probe]).then(() => true, () => false);
  return isHere ? undefined : "Rails and Devise are not installed: apt-get install ruby-railties ruby-activerecord ruby-sqlite3 ruby-devise puma";
}

/** What `rails new` makes, as short as it boots. */
const FILES = {
  "config/application.rb": `
require "rails"
require "active_record/railtie"
require "action_controller/railtie"
require "devise"

module App
  class Application < Rails::Application
    config.load_defaults 6.1
    config.eager_load = false
    config.consider_all_requests_local = false
    config.secret_key_base = "0" * 64
    config.hosts.clear
    config.cache_store = :memory_store
    config.logger = ActiveSupport::Logger.new($stderr, level: :warn)
  end
end`,
  "config/database.yml": `
production:
  adapter: sqlite3
  database: app.sqlite3`,
  "config.ru": `
require_relative "config/environment"
run Rails.application`,
};

/** `tables` and `seed` are Ruby: what migrations make, and who is there. */
const environment = (tables, seed) => `
require_relative "application"
Rails.application.initialize!
# Each login would wait for the usual cost of a hash.
Devise.stretches = 1
ActiveModel::SecurePassword.min_cost = true
ActiveRecord::Schema.verbose = false
ActiveRecord::Schema.define do
${tables}
end
${seed}`;

/** The page's Ruby block, by the comments that name its files: path to code. */
export function filesOf(page) {
  const [{ code }] = page.blocks.filter(({ language }) => language === "ruby");
  const parts = code.split(/^# (\S+\.rb)$/m).slice(1);
  return Object.fromEntries(parts.map((path, at) => [path, parts[at + 1]]).filter((_, at) => at % 2 === 0));
}

/** `more`: further files, path to code; `adjust(path, code)` has the last word on each of the page's. */
export function startRails(page, { tables, seed, more, adjust = (_, code) => code }) {
  return inFolder(async (folder) => {
    const own = Object.entries(filesOf(page)).map(([path, code]) => [path, adjust(path, code)]);
    const files = { ...FILES, ...Object.fromEntries(own), ...more, "config/environment.rb": environment(tables, seed) };
    for (const [path, code] of Object.entries(files)) await put(folder, path, code);
    const port = await freePort();
    const origin = `http://localhost:${port}`;
    const env = { ...process.env, RAILS_ENV: "production" };
    const args = ["--quiet", "--threads", "1:4", "--bind", `tcp://127.0.0.1:${port}`, "config.ru"];
    const server = await startServer("puma", args, { cwd: folder, env }, origin);
    return { ...server, origin };
  });
}
