//! Connections that take a place and do nothing with it.

use std::time::{Duration, Instant};

use hallpass_server::{Config, Limits, Tls};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::files::Folder;
use crate::support::{Server, config};

/// Short enough for a test, long enough for a busy machine.
const BRIEF: Duration = Duration::from_millis(300);
/// No limit here is as long.
const PATIENCE: Duration = Duration::from_secs(15);

/// Without faults, as with them every answer ends its connection.
async fn limited(limits: Limits) -> Server {
    Server::start(Config {
        faults: false,
        limits,
        ..config()
    })
    .await
}

async fn connect(server: &Server) -> TcpStream {
    TcpStream::connect(server.running.addr()).await.unwrap()
}

/// All that comes until the connection is closed.
async fn rest(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset is an end too.
    let reading = timeout(PATIENCE, stream.read_to_end(&mut bytes)).await;
    assert!(reading.is_ok(), "it is still open");
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn a_head_that_does_not_come_ends_its_connection() {
    let server = limited(Limits {
        head: BRIEF,
        ..Limits::default()
    })
    .await;
    for sent in ["", "GET /open/echo HTTP/1.1\r\nHost: localhost\r\nX-Slow: "] {
        let mut stream = connect(&server).await;
        stream.write_all(sent.as_bytes()).await.unwrap();
        let start = Instant::now();
        rest(stream).await;
        assert!(start.elapsed() >= BRIEF / 2);
    }
}

#[tokio::test]
async fn a_head_that_comes_in_drops_ends_its_connection() {
    let server = limited(Limits {
        head: BRIEF,
        ..Limits::default()
    })
    .await;
    let (reading, mut writing) = connect(&server).await.into_split();
    let start = Instant::now();
    let drops = async {
        while writing.write_all(b"G").await.is_ok() {
            tokio::time::sleep(BRIEF / 10).await;
        }
    };
    timeout(PATIENCE, drops).await.expect("it is still open");
    assert!(start.elapsed() >= BRIEF / 2);
    drop(reading);
}

#[tokio::test]
async fn a_connection_that_is_idle_after_an_answer_is_closed() {
    let server = limited(Limits {
        head: BRIEF,
        ..Limits::default()
    })
    .await;
    let mut stream = connect(&server).await;
    stream
        .write_all(b"GET /open/echo HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await
        .unwrap();
    let answer = rest(stream).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn a_body_that_does_not_come_is_answered_408() {
    let server = limited(Limits {
        body: BRIEF,
        head: PATIENCE * 10,
        ..Limits::default()
    })
    .await;
    for path in ["/auth/jwt/login", "/open/echo", "/auth/jwt/logout"] {
        let mut stream = connect(&server).await;
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let answer = rest(stream).await;
        assert!(answer.starts_with("HTTP/1.1 408"), "{path}: {answer}");
    }
}

#[tokio::test]
async fn a_body_that_comes_in_drops_is_answered_408() {
    let server = limited(Limits {
        body: BRIEF,
        ..Limits::default()
    })
    .await;
    let (mut reading, mut writing) = connect(&server).await.into_split();
    let head = "POST /open/echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n";
    writing.write_all(head.as_bytes()).await.unwrap();
    let drops = async {
        while writing.write_all(b"x").await.is_ok() {
            tokio::time::sleep(BRIEF / 10).await;
        }
    };
    let mut start = [0; 12];
    let answer = reading.read_exact(&mut start);
    tokio::select! {
        answer = answer => { answer.unwrap(); }
        () = drops => panic!("closed without an answer"),
        () = tokio::time::sleep(PATIENCE) => panic!("it still waits"),
    }
    assert_eq!(&start, b"HTTP/1.1 408");
}

#[tokio::test]
async fn a_body_that_nobody_waits_for_holds_nothing() {
    let server = limited(Limits {
        head: BRIEF,
        ..Limits::default()
    })
    .await;
    for path in ["/nowhere", "/auth/session/me", "/auth/session/logout"] {
        let mut stream = connect(&server).await;
        let head =
            format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nx");
        stream.write_all(head.as_bytes()).await.unwrap();
        rest(stream).await;
    }
}

#[tokio::test]
async fn a_large_body_has_its_time() {
    let server = limited(Limits {
        body: BRIEF,
        ..Limits::default()
    })
    .await;
    let (mut reading, mut writing) = connect(&server).await.into_split();
    let head = "POST /open/echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000\r\n\r\n";
    writing.write_all(head.as_bytes()).await.unwrap();
    for _ in 0..10 {
        writing.write_all(&[b'x'; 1000]).await.unwrap();
        tokio::time::sleep(BRIEF / 5).await;
    }
    let mut start = [0; 12];
    reading.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 200");
}

#[tokio::test]
async fn an_answer_that_nobody_reads_ends_its_connection() {
    let folder = Folder::new("unread");
    std::fs::write(folder.path().join("large"), vec![0; 32 << 20]).unwrap();
    let server = Server::start(Config {
        faults: false,
        limits: Limits {
            connections: 1,
            unread: BRIEF,
            ..Limits::default()
        },
        static_dirs: vec![("/".to_owned(), folder.path().to_owned())],
        ..config()
    })
    .await;
    let mut unread = connect(&server).await;
    unread
        .write_all(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await
        .unwrap();
    // Its place is free again.
    let next = timeout(PATIENCE, server.get("/open/echo").send()).await;
    assert_eq!(next.expect("it still waits").status, 200);
    drop(unread);
}

#[tokio::test]
async fn a_handshake_that_does_not_come_ends_its_connection() {
    let server = Server::start(Config {
        tls: Some(Tls::self_signed(["localhost"]).unwrap()),
        limits: Limits {
            handshake: BRIEF,
            ..Limits::default()
        },
        ..config()
    })
    .await;
    // Nothing, and the beginning of a handshake.
    for sent in [&b""[..], &[0x16, 0x03, 0x01, 0x02, 0x00, 0x01]] {
        let mut stream = connect(&server).await;
        stream.write_all(sent).await.unwrap();
        rest(stream).await;
    }
    assert_eq!(server.get("/open/echo").send().await.status, 200);
}

#[tokio::test]
async fn there_are_so_many_connections_and_no_more() {
    let server = limited(Limits {
        connections: 3,
        head: BRIEF * 3,
        ..Limits::default()
    })
    .await;
    let mut silent = Vec::new();
    for _ in 0..3 {
        silent.push(connect(&server).await);
    }
    let start = Instant::now();
    let answer = timeout(PATIENCE, server.get("/open/echo").send()).await;
    assert_eq!(answer.expect("it still waits").status, 200);
    assert!(
        start.elapsed() > BRIEF,
        "the fourth waits until a place is free"
    );
}

#[tokio::test]
async fn by_itself_it_waits_for_half_a_minute_at_most() {
    let limits = Limits::default();
    for limit in [limits.head, limits.body, limits.handshake, limits.unread] {
        assert!(limit <= Duration::from_secs(30), "{limits:?}");
    }
    assert!(limits.connections <= 1000, "{limits:?}");
}
