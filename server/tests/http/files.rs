//! Served files.

use std::path::{Path, PathBuf};

use hallpass_server::{Config, STRICT_CSP};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Server, config};

/// A folder of the test run that is removed at its end.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    fn file(&self, name: &str, content: &str) {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn server(name: &str) -> (Server, Folder) {
    let folder = Folder::new(name);
    for file in [
        "index.html",
        "app.js",
        "app.mjs",
        "a.css",
        "a.svg",
        "a.wasm",
        "a.json",
    ] {
        folder.file(&format!("www/{file}"), file);
    }
    folder.file("www/sub/index.html", "sub");
    folder.file("pkg/index.js", "package");
    folder.file("pkg/dist/index.html", "dist");
    folder.file("secret.txt", "secret");
    let static_dirs = vec![
        ("/".to_owned(), folder.path().join("www")),
        ("/pkg".to_owned(), folder.path().join("pkg")),
    ];
    (
        Server::start(Config {
            static_dirs,
            ..config()
        })
        .await,
        folder,
    )
}

#[tokio::test]
async fn files_come_with_their_types() {
    let (server, _folder) = server("types").await;
    for (path, kind) in [
        ("/", "text/html"),
        ("/index.html", "text/html"),
        ("/app.js", "text/javascript"),
        ("/app.mjs", "text/javascript"),
        ("/pkg/index.js", "text/javascript"),
        ("/a.css", "text/css"),
        ("/a.svg", "image/svg+xml"),
        ("/a.wasm", "application/wasm"),
        ("/a.json", "application/json"),
        ("/c/one/", "text/html"),
        ("/c/one/pkg/index.js", "text/javascript"),
    ] {
        let answer = server.get(path).send().await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, Some(kind)),
            "{path}"
        );
        assert_eq!(answer.header("cache-control"), Some("no-cache"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        let csp = ["text/html", "image/svg+xml"]
            .contains(&kind)
            .then_some(STRICT_CSP);
        assert_eq!(answer.header("content-security-policy"), csp, "{path}");
    }
    assert_eq!(server.get("/pkg/index.js").send().await.body, "package");
    assert_eq!(server.call("HEAD", "/app.js").send().await.status, 200);
    server
        .post("/app.js")
        .send()
        .await
        .is_error(404, "not_found");
    server
        .get("/none.js")
        .send()
        .await
        .is_error(404, "not_found");
    server.get("/pkgs").send().await.is_error(404, "not_found");
}

#[tokio::test]
async fn a_browser_need_not_load_twice_what_did_not_change() {
    let (server, _folder) = server("unchanged").await;
    let first = server.get("/app.js").send().await;
    let since = first.header("last-modified").unwrap();
    let again = server
        .get("/app.js")
        .header("if-modified-since", since)
        .send()
        .await;
    assert_eq!(again.status, 304);
}

#[tokio::test]
async fn folders_are_redirected_to_their_slash_behind_every_prefix() {
    let (server, _folder) = server("folders").await;
    for (path, location) in [
        ("/sub", "/sub/"),
        ("/pkg/dist", "/pkg/dist/"),
        ("/c/one/sub", "/c/one/sub/"),
        ("/c/one/pkg/dist", "/c/one/pkg/dist/"),
        ("/c/one", "/c/one/"),
    ] {
        let answer = server.get(path).send().await;
        assert_eq!(answer.header("location"), Some(location));
        assert_eq!(server.get(location).send().await.status, 200);
    }
}

#[tokio::test]
async fn no_path_leads_out_of_the_folder() {
    let (server, _folder) = server("traversal").await;
    for path in [
        "/../secret.txt",
        "/pkg/../../secret.txt",
        "/pkg/..%2f..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/%2e%2e%2fsecret.txt",
        "/..%5csecret.txt",
        "//../secret.txt",
        "/pkg//etc/passwd",
        "//etc/passwd",
        "/%00",
    ] {
        // By hand, since a client library may tidy the path up.
        let mut stream = TcpStream::connect(server.running.addr()).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
    }
}

#[tokio::test]
async fn the_csp_can_be_another_or_none() {
    let folder = Folder::new("csp");
    folder.file("index.html", "x");
    for csp in [None, Some("default-src 'none'".to_owned())] {
        let static_dirs = vec![("/".to_owned(), folder.path().to_owned())];
        let server = Server::start(Config {
            static_dirs,
            csp: csp.clone(),
            ..config()
        })
        .await;
        let answer = server.get("/").send().await;
        assert_eq!(answer.header("content-security-policy"), csp.as_deref());
    }
}

#[tokio::test]
async fn a_folder_cannot_take_the_place_of_an_endpoint() {
    for prefix in ["/auth", "/api/x", "/c", "/_faults/", "relative"] {
        let static_dirs = vec![(prefix.to_owned(), PathBuf::from("."))];
        let started = hallpass_server::start(Config {
            static_dirs,
            ..config()
        })
        .await;
        assert!(started.is_err(), "{prefix}");
    }
}

#[tokio::test]
async fn pages_may_send_to_listed_origins_and_nowhere_else() {
    let folder = Folder::new("connect");
    folder.file("index.html", "page");
    let started = async |allowed_origins: &[&str]| {
        let server = Server::start(Config {
            allowed_origins: allowed_origins.iter().map(ToString::to_string).collect(),
            static_dirs: vec![("/".to_owned(), folder.path().to_owned())],
            ..config()
        })
        .await;
        let page = server.get("/").send().await;
        page.header("content-security-policy").unwrap().to_owned()
    };
    for (origins, sources) in [
        (&[][..], "connect-src 'self';"),
        (
            &["https://api.example.com", "null"],
            "connect-src 'self' https://api.example.com;",
        ),
    ] {
        let policy = started(origins).await;
        assert!(policy.contains(sources), "{policy}");
        assert!(!policy.contains('*'), "{policy}");
        for other in ["object-src 'none'", "form-action 'self'", "base-uri 'none'"] {
            assert!(policy.contains(other), "{policy}");
        }
    }
}
