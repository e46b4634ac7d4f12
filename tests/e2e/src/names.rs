//! Leads every host name to this machine, for an engine that has no option for that: a proxy for https (RFC 9110 §9.3.6).

use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

/// The port where it listens from now on, as long as this process lives.
pub(crate) async fn serve() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(async move {
        loop {
            match listener.accept().await {
                // An error is a connection that broke.
                Ok((browser, _)) => drop(tokio::spawn(async { tunnel(browser).await })),
                // Out of file handles, as a rule: others have to be closed first.
                Err(_) => sleep(Duration::from_millis(50)).await,
            }
        }
    });
    Ok(port)
}

async fn tunnel(browser: TcpStream) -> Result<()> {
    let mut browser = BufReader::new(browser);
    let mut line = String::new();
    browser.read_line(&mut line).await?;
    let port = wanted_port(&line).context("this is no CONNECT")?;
    while !line.trim_end().is_empty() {
        line.clear();
        browser.read_line(&mut line).await?;
    }
    let mut server = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    browser.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
    copy_bidirectional(&mut browser, &mut server).await?;
    Ok(())
}

/// Of `CONNECT app.shop.test:4711 HTTP/1.1`.
fn wanted_port(line: &str) -> Option<u16> {
    let target = line.strip_prefix("CONNECT ")?.split(' ').next()?;
    target.rsplit_once(':')?.1.parse().ok()
}
