// Laravel as Debian packages it, and an app of the page's own files with what `laravel new` makes beside them. Sanctum is in no
// registry of these tests: `SANCTUM` does in its place what the pages say of it, with Laravel's own guards and middleware.
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { inFolder, put } from "./folder.js";
import { freePort, startServer } from "./process.js";

const run = promisify(execFile);
const PACKAGES = "php-cli php-sqlite3 php-laravel-framework faketime";

/** Why it cannot run here, or `undefined`. */
export async function whyNoLaravel() {
  const probe = 'exit((int) !((include "Illuminate/autoload.php") && extension_loaded("pdo_sqlite")));';
  const isHere = await Promise.all([run("php", ["-r", probe]), clockLibrary()]).then(() => true, () => false);
  return isHere ? undefined : `Laravel is not installed: apt-get install ${PACKAGES}`;
}

/** The library that moves the clock of a program, and of those that it starts. */
const clockLibrary = async () => (await run("faketime", ["-m", "-f", "+0", "printenv", "LD_PRELOAD"])).stdout.trim();

/** What `laravel new` makes, as short as it boots. */
const FILES = {
  "bootstrap/app.php": `<?php
require "Illuminate/autoload.php";
spl_autoload_register(function ($class) {
    $file = dirname(__DIR__)."/".lcfirst(str_replace("\\\\", "/", $class)).".php";
    if (is_file($file)) require $file;
});
$app = new Illuminate\\Foundation\\Application(dirname(__DIR__));
$app->singleton(Illuminate\\Contracts\\Http\\Kernel::class, App\\Http\\Kernel::class);
$app->singleton(Illuminate\\Contracts\\Console\\Kernel::class, Illuminate\\Foundation\\Console\\Kernel::class);
$app->singleton(Illuminate\\Contracts\\Debug\\ExceptionHandler::class, Illuminate\\Foundation\\Exceptions\\Handler::class);
return $app;`,
  "public/index.php": `<?php
$app = require __DIR__."/../bootstrap/app.php";
$kernel = $app->make(Illuminate\\Contracts\\Http\\Kernel::class);
$request = Illuminate\\Http\\Request::capture();
$response = $kernel->handle($request);
$response->send();
$kernel->terminate($request, $response);`,
  "app/Http/Kernel.php": `<?php
namespace App\\Http;

class Kernel extends \\Illuminate\\Foundation\\Http\\Kernel
{
    const SESSION = [
        \\Illuminate\\Cookie\\Middleware\\EncryptCookies::class,
        \\Illuminate\\Cookie\\Middleware\\AddQueuedCookiesToResponse::class,
        \\Illuminate\\Session\\Middleware\\StartSession::class,
        \\Illuminate\\Foundation\\Http\\Middleware\\VerifyCsrfToken::class,
    ];
    protected $middlewareGroups = [
        "web" => [...self::SESSION, \\Illuminate\\Routing\\Middleware\\SubstituteBindings::class],
        "api" => [\\App\\Http\\Middleware\\EnsureFrontendRequestsAreStateful::class, \\Illuminate\\Routing\\Middleware\\SubstituteBindings::class],
    ];
    protected $routeMiddleware = ["auth" => \\Illuminate\\Auth\\Middleware\\Authenticate::class];
}`,
  "app/Models/User.php": `<?php
namespace App\\Models;

class User extends \\Illuminate\\Foundation\\Auth\\User
{
    use \\App\\Models\\HasApiTokens;
    public $timestamps = false;
    protected $guarded = [];
    protected $hidden = ["password", "remember_token"];
}`,
  "app/Providers/AppServiceProvider.php": `<?php
namespace App\\Providers;

use Illuminate\\Support\\Facades\\Route;

class AppServiceProvider extends \\Illuminate\\Foundation\\Support\\Providers\\RouteServiceProvider
{
    public function boot()
    {
        $this->routes(function () {
            Route::middleware("web")->group(base_path("routes/web.php"));
            Route::middleware("web")->get("/sanctum/csrf-cookie", fn () => response()->noContent());
            Route::prefix("api")->middleware("api")->group(base_path("routes/api.php"));
            Route::prefix("api")->middleware(["api", "auth:sanctum"])->group(base_path("routes/orders.php"));
        });
        \\App\\Sanctum::guard();
    }
}`,
  "routes/web.php": "<?php",
  "routes/orders.php": `<?php
use Illuminate\\Http\\Request;
use Illuminate\\Support\\Facades\\Cache;
use Illuminate\\Support\\Facades\\Route;

Route::get("/orders", fn () => Cache::get("orders", []));
Route::post("/orders", function (Request $request) {
    $order = $request->validate(["item" => "required"]);
    Cache::forever("orders", [...Cache::get("orders", []), $order]);
    return response()->json($order, 201);
});`,
  "config/app.php": `<?php
$providers = ["Auth\\\\Auth", "Cache\\\\Cache", "Cookie\\\\Cookie", "Database\\\\Database", "Encryption\\\\Encryption", "Filesystem\\\\Filesystem",
    "Foundation\\\\Providers\\\\Foundation", "Hashing\\\\Hash", "Pagination\\\\Pagination", "Pipeline\\\\Pipeline", "Session\\\\Session",
    "Translation\\\\Translation", "Validation\\\\Validation", "View\\\\View"];
return [
    "env" => "production", "debug" => false, "url" => "http://localhost", "timezone" => "UTC", "locale" => "en", "fallback_locale" => "en",
    "key" => str_repeat("k", 32), "cipher" => "AES-256-CBC",
    "providers" => [...array_map(fn ($name) => "Illuminate\\\\{$name}ServiceProvider", $providers), App\\Providers\\AppServiceProvider::class],
    "aliases" => [],
];`,
  "config/auth.php": `<?php
return [
    "defaults" => ["guard" => "web", "passwords" => "users"],
    "guards" => ["web" => ["driver" => "session", "provider" => "users"], "sanctum" => ["driver" => "sanctum"]],
    "providers" => ["users" => ["driver" => "eloquent", "model" => App\\Models\\User::class]],
];`,
  "config/session.php": `<?php
return ["driver" => "database", "table" => "sessions", "connection" => null, "lifetime" => 120, "expire_on_close" => false, "encrypt" => false,
    "lottery" => [2, 100], "cookie" => "laravel-session", "path" => "/", "domain" => null, "secure" => null, "http_only" => true, "same_site" => "lax"];`,
  "config/database.php": `<?php
return ["default" => "sqlite", "connections" => ["sqlite" => ["driver" => "sqlite", "database" => database_path("app.sqlite"), "prefix" => ""]]];`,
  "config/cache.php": `<?php
return ["default" => "file", "stores" => ["file" => ["driver" => "file", "path" => storage_path("framework/cache")]], "prefix" => "app"];`,
  // Each login would wait for the usual cost of a hash.
  "config/hashing.php": '<?php return ["driver" => "bcrypt", "bcrypt" => ["rounds" => 4]];',
  "config/logging.php": `<?php
return ["default" => "stderr", "deprecations" => "null", "channels" => [
    "null" => ["driver" => "monolog", "handler" => Monolog\\Handler\\NullHandler::class],
    "stderr" => ["driver" => "monolog", "handler" => Monolog\\Handler\\StreamHandler::class, "with" => ["stream" => "php://stderr"]],
]];`,
  "config/view.php": '<?php return ["paths" => [], "compiled" => storage_path("framework/views")];',
  "resources/lang/en/auth.php": '<?php return ["failed" => "These credentials do not match our records."];',
  "resources/lang/en/validation.php": '<?php return ["required" => "The :attribute field is required.", "email" => "The :attribute must be a valid email address."];',
  "bootstrap/cache/.keep": "",
  "storage/framework/views/.keep": "",
  "database/app.sqlite": "",
  "seed.php": `<?php
$app = require __DIR__."/bootstrap/app.php";
$app->make(Illuminate\\Contracts\\Console\\Kernel::class)->bootstrap();
$schema = $app["db"]->getSchemaBuilder();
$schema->create("users", function ($table) {
    $table->id();
    $table->string("name");
    $table->string("email")->unique();
    $table->string("password");
    $table->rememberToken();
});
$schema->create("sessions", function ($table) {
    $table->string("id")->primary();
    $table->foreignId("user_id")->nullable();
    $table->string("ip_address")->nullable();
    $table->text("user_agent")->nullable();
    $table->text("payload");
    $table->integer("last_activity");
});
$schema->create("personal_access_tokens", function ($table) {
    $table->id();
    $table->foreignId("tokenable_id");
    $table->string("name");
    $table->string("token");
});
App\\Models\\User::create(["name" => "Ada", "email" => "ada@example.com", "password" => $app["hash"]->make("correct horse")]);`,
};

/** What Sanctum adds: its guard, its tokens, and the session for requests from the app's own pages. */
const SANCTUM = {
  "app/Sanctum.php": `<?php
namespace App;

use App\\Models\\PersonalAccessToken;
use Illuminate\\Support\\Facades\\Auth;

class Sanctum
{
    /** Whom the session knows, or else whose token it is. */
    public static function guard()
    {
        Auth::viaRequest("sanctum", function ($request) {
            if ($user = Auth::guard("web")->user()) return $user;
            [$id, $secret] = explode("|", $request->bearerToken() ?? "", 2) + ["", ""];
            $token = PersonalAccessToken::find($id);
            if (! $token || ! hash_equals($token->token, hash("sha256", $secret))) return null;
            return $token->user->withAccessToken($token);
        });
    }
}`,
  "app/Models/PersonalAccessToken.php": `<?php
namespace App\\Models;

class PersonalAccessToken extends \\Illuminate\\Database\\Eloquent\\Model
{
    public $timestamps = false;
    protected $guarded = [];

    public function user()
    {
        return $this->belongsTo(User::class, "tokenable_id");
    }
}`,
  "app/Models/HasApiTokens.php": `<?php
namespace App\\Models;

trait HasApiTokens
{
    protected $accessToken;

    public function createToken($name)
    {
        $secret = \\Illuminate\\Support\\Str::random(40);
        $token = PersonalAccessToken::create(["tokenable_id" => $this->id, "name" => $name, "token" => hash("sha256", $secret)]);
        return (object) ["plainTextToken" => "{$token->id}|{$secret}"];
    }

    public function currentAccessToken()
    {
        return $this->accessToken;
    }

    public function withAccessToken($token)
    {
        $this->accessToken = $token;
        return $this;
    }
}`,
  "app/Http/Middleware/EnsureFrontendRequestsAreStateful.php": `<?php
namespace App\\Http\\Middleware;

use App\\Http\\Kernel;
use Illuminate\\Routing\\Pipeline;

class EnsureFrontendRequestsAreStateful
{
    public function handle($request, $next)
    {
        $from = $request->headers->get("referer") ?: $request->headers->get("origin");
        $isOwn = config("sanctum.stateful") && str_starts_with($from ?? "", $request->getSchemeAndHttpHost()."/");
        return (new Pipeline(app()))->send($request)->through($isOwn ? Kernel::SESSION : [])->then($next);
    }
}`,
};

/** What stands at the top of each file of routes. */
const USES = `<?php
use App\\Models\\User;
use Illuminate\\Http\\Request;
use Illuminate\\Support\\Facades\\Auth;
use Illuminate\\Support\\Facades\\Hash;
use Illuminate\\Support\\Facades\\Route;
use Illuminate\\Validation\\ValidationException;
`;

/** The page's PHP, by the comments that name its files: path to code. */
function routesOf(page) {
  const [{ code }] = page.blocks.filter(({ language }) => language === "php");
  const parts = code.split(/^\/\/ (routes\/\S+\.php)$/m).slice(1);
  return Object.fromEntries(parts.flatMap((path, at) => (at % 2 ? [] : [[path, USES + parts[at + 1]]])));
}

/** The app of a page, with Ada as its user. `isStateful`: its API takes the session of its own pages (`statefulApi()`). */
export function startLaravel(page, isStateful) {
  return inFolder(async (folder) => {
    const files = { ...FILES, ...SANCTUM, "config/sanctum.php": `<?php return ["stateful" => ${isStateful}];`, ...routesOf(page) };
    for (const [path, code] of Object.entries(files)) await put(folder, path, code);
    await run("php", ["seed.php"], { cwd: folder });
    const port = await freePort();
    const origin = `http://localhost:${port}`;
    const clock = join(folder, "clock");
    await writeFile(clock, "+0");
    const env = {
      ...process.env,
      PHP_CLI_SERVER_WORKERS: "4",
      LD_PRELOAD: await clockLibrary(),
      FAKETIME_TIMESTAMP_FILE: clock,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
    };
    const args = ["-d", "opcache.enable_cli=1", "-S", `127.0.0.1:${port}`, "-t", "public", "public/index.php"];
    const server = await startServer("php", args, { cwd: folder, env }, origin);
    return {
      ...server,
      origin,
      async forward(seconds) {
        const ahead = Number(await readFile(clock, "utf8")) + seconds;
        await writeFile(clock, `+${ahead}`);
      },
      scope: { email: "ada@example.com", password: "correct horse" },
      credentials: { email: "ada@example.com", password: "correct horse" },
      wrong: { email: "ada@example.com", password: "wrong" },
      user: { id: 1, name: "Ada", email: "ada@example.com" },
      api: "/api/orders",
      order: { item: "milk" },
    };
  });
}
