//! Starts the reference backend and prints its address.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use hallpass_server::{Config, StoreConfig, Tls, start};
use lexopt::{Arg, Parser, ValueExt as _};

const HELP: &str = "\
Usage: hallpass-server [OPTION]...

  --bind ADDRESS        where to listen (default 127.0.0.1:8787; port 0 takes a free one)
  --port PORT           the same, on 127.0.0.1
  --database FILE       the SQLite file (default: in memory)
  --store STORE         where sessions, tokens, keys and users lie: sqlite (default: in the database), sqlite:FILE,
                        memory, or redis://HOST for nodes on several machines (built with --features redis)
  --issuer URL          `iss` of tokens, the same for all nodes of a store (default: the node's own address)
  --static PREFIX=DIR   serves a folder, e.g. /=www; may be repeated
  --mode MODE           what /auth/login and the like are for: session, jwt, hybrid, or any (default): a client of each
                        mode can try them, as a login gives the credentials of all
  --public-url URL      where callers find it, behind a proxy: https://app.example.com makes cookies as over TLS
  --proxies N           so many proxies each add the caller's address to X-Forwarded-For (default 0: none is believed)
  --origin ORIGIN       lets pages of this origin call; may be repeated
  --cross-site          cookies for pages of another site (SameSite=None)
  --tls [NAME]          https with a self-signed certificate (default name: localhost; built with --features tls)
  --alg NAME            ES256 (default), RS256, EdDSA or HS256
  --access-ttl SECONDS  how long an access token lives (default 300); of all nodes the same
  --revocations store   where it looks whether a JWT was revoked: in the store for each request (default), or in the `list`
                        that it reads every 2 seconds
  --faults              lets anybody break the server; for tests and the demo only
  --help
";

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hallpass-server: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let Some(config) = config(Parser::from_env())? else {
        print!("{HELP}");
        return Ok(());
    };
    let server = start(config).await?;
    println!("{}", server.base_url());
    tokio::signal::ctrl_c().await?;
    server.stop().await;
    Ok(())
}

/// `None`: the reader wants the help.
fn config(mut parser: Parser) -> Result<Option<Config>, Box<dyn Error>> {
    let mut config = Config {
        bind: ([127, 0, 0, 1], 8787).into(),
        ..Config::default()
    };
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("bind") => config.bind = parser.value()?.parse()?,
            Arg::Long("port") => config.bind = ([127, 0, 0, 1], parser.value()?.parse()?).into(),
            Arg::Long("database") => config.database = Some(PathBuf::from(parser.value()?)),
            Arg::Long("store") => match parser.value()?.string()? {
                store if store.starts_with("sqlite:") => {
                    config.store = StoreConfig::Sqlite;
                    config.database = store.strip_prefix("sqlite:").map(PathBuf::from);
                }
                store => config.store = store.parse()?,
            },
            Arg::Long("issuer") => config.issuer = Some(parser.value()?.string()?),
            Arg::Long("static") => config.static_dirs.push(folder(&parser.value()?.string()?)?),
            Arg::Long("origin") => config.allowed_origins.push(parser.value()?.string()?),
            Arg::Long("mode") => config.mode = parser.value()?.parse()?,
            Arg::Long("public-url") => config.public_url = Some(parser.value()?.string()?),
            Arg::Long("proxies") => config.proxies = parser.value()?.parse()?,
            Arg::Long("cross-site") => config.cross_site = true,
            Arg::Long("tls") => {
                let name = match parser.optional_value() {
                    Some(name) => name.string()?,
                    None => "localhost".to_owned(),
                };
                config.tls = Some(Tls::self_signed([name])?);
            }
            Arg::Long("alg") => config.algorithm = parser.value()?.parse()?,
            Arg::Long("access-ttl") => {
                config.access_ttl = Duration::from_secs(parser.value()?.parse()?);
            }
            Arg::Long("revocations") => config.revocation_check = parser.value()?.parse()?,
            Arg::Long("faults") => config.faults = true,
            Arg::Long("help") | Arg::Short('h') => return Ok(None),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Some(config))
}

fn folder(argument: &str) -> Result<(String, PathBuf), String> {
    let (prefix, folder) = argument
        .split_once('=')
        .ok_or_else(|| format!("{argument:?} is not PREFIX=DIR"))?;
    Ok((prefix.to_owned(), PathBuf::from(folder)))
}
