//! nginx in front of the nodes.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::as_text;
use crate::process::Process;

pub(crate) fn start(port: u16, nodes: &[u16], folder: &Path) -> Result<Process> {
    let file = folder.join("nginx.conf");
    fs::write(&file, configuration(port, nodes, folder)?)?;
    let arguments = [
        OsString::from("-e"),
        "stderr".into(),
        "-p".into(),
        folder.into(),
        "-c".into(),
        file.into(),
    ];
    Process::start("nginx", "nginx", arguments, port)
}

/// In turn, and no one stays at a node. A node that refuses or breaks off is left alone for a second; a GET goes on to the
/// next one, a POST that was sent does not, for it may have happened. So an idle connection ends here before the node ends it.
fn configuration(port: u16, nodes: &[u16], folder: &Path) -> Result<String> {
    let mut servers = String::new();
    for node in nodes {
        writeln!(
            servers,
            "server 127.0.0.1:{node} max_fails=1 fail_timeout=1s;"
        )?;
    }
    let folder = as_text(folder)?;
    let mut own = String::new();
    for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        writeln!(own, "{kind}_temp_path {folder}/{kind};")?;
    }
    Ok(format!(
        "daemon off;
master_process off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr crit;
events {{}}
http {{
access_log off;
{own}
upstream nodes {{
{servers}
keepalive 32;
keepalive_timeout 10s;
}}
server {{
listen 127.0.0.1:{port};
location / {{
proxy_pass http://nodes;
proxy_http_version 1.1;
proxy_set_header Connection \"\";
proxy_set_header Host $http_host;
proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
proxy_connect_timeout 1s;
proxy_next_upstream error timeout;
}}
}}
}}
"
    ))
}
