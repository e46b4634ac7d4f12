// Debian's Apache with mod_auth_openidc before an app: a cookie, and redirects in place of 401.
import { existsSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inFolder } from "../../backends/lib/folder.js";
import { startServer } from "../../backends/lib/process.js";

const PROGRAM = "/usr/sbin/apache2";
const ROOT = "/usr/lib/apache2";

/** Why it cannot be tested here, if so. */
export const isMissing = [PROGRAM, `${ROOT}/modules/mod_auth_openidc.so`].every(existsSync)
  ? false
  : "there is no Apache with mod_auth_openidc: apt-get install apache2-bin libapache2-mod-auth-openidc";

const isRoot = process.getuid?.() === 0;
const MODULES = ["mpm_event", "authz_core", "authz_user", "authn_core", "auth_openidc", "proxy", "proxy_http"];
const config = ({ folder, port, app, issuer, clientId, secret }) => `
ServerRoot "${ROOT}"
ServerName localhost
Listen 127.0.0.1:${port}
PidFile "${folder}/pid"
DefaultRuntimeDir "${folder}/run"
ErrorLog "${folder}/error.log"
${MODULES.map((name) => `LoadModule ${name}_module modules/mod_${name}.so`).join("\n")}
${isRoot ? "User www-data\nGroup www-data" : ""}
OIDCProviderMetadataURL ${issuer}/.well-known/openid-configuration
OIDCClientID ${clientId}
OIDCClientSecret ${secret}
OIDCRedirectURI http://localhost:${port}/oidc
OIDCCryptoPassphrase only-for-tests
OIDCScope "openid profile"
OIDCInfoHook id_token
OIDCCacheType file
OIDCCacheDir "${folder}/cache"
<LocationMatch "^/(oidc|bff)">
  AuthType openid-connect
  Require valid-user
</LocationMatch>
ProxyPass /oidc !
ProxyPass / ${app}/
`;

/** On this port, before the app at this origin. */
export const startApache = (options) =>
  inFolder(async (folder) => {
    await chmod(folder, 0o755);
    for (const name of ["run", "cache"]) {
      await mkdir(join(folder, name));
      // Where it is started by root, it works as somebody else.
      await chmod(join(folder, name), 0o777);
    }
    const file = join(folder, "apache.conf");
    await writeFile(file, config({ folder, ...options }));
    return startServer(PROGRAM, ["-f", file, "-DFOREGROUND"], { cwd: folder }, `http://127.0.0.1:${options.port}/`);
  });
