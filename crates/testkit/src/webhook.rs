//! A receiver of webhooks that keeps every request and answers as it is told.

use crate::{now_ms, tls, wait};
use anyhow::Result;
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use axum_server::{Handle, tls_rustls::RustlsConfig};
use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// A request as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method, such as `POST`.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Name (lower case) and value of each header.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// When it had arrived whole, in milliseconds since 1970.
    pub at_ms: u64,
}

impl Request {
    /// The first header of that name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// An answer of the sink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status, 200 to 599.
    pub status: u16,
    /// Headers to add.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// Time to wait before answering.
    pub delay: Duration,
}

impl Reply {
    /// An empty answer with that status, at once.
    pub const fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new(), delay: Duration::ZERO }
    }
}

/// A running sink. It answers 204 until told otherwise and ends when dropped.
#[derive(Debug)]
pub struct Sink {
    address: SocketAddr,
    scheme: &'static str,
    shared: Arc<Mutex<Shared>>,
    handle: Handle<SocketAddr>,
}

#[derive(Debug)]
struct Shared {
    requests: Vec<Request>,
    next: VecDeque<Reply>,
    usual: Reply,
}

impl Sink {
    /// Starts a sink over http on a free port, inside the current tokio runtime.
    ///
    /// # Errors
    /// No port is free.
    pub async fn start() -> Result<Self> {
        Self::listen(None).await
    }

    /// Like [`Sink::start`], over https with that certificate.
    ///
    /// # Errors
    /// No port is free or the certificate cannot be read.
    pub async fn start_tls(certificate: &tls::Certificate) -> Result<Self> {
        tls::install_provider();
        let pem = (certificate.pem.clone().into_bytes(), certificate.key_pem.clone().into_bytes());
        Self::listen(Some(RustlsConfig::from_pem(pem.0, pem.1).await?)).await
    }

    async fn listen(tls: Option<RustlsConfig>) -> Result<Self> {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let shared = Arc::new(Mutex::new(Shared {
            requests: Vec::new(),
            next: VecDeque::new(),
            usual: Reply::status(StatusCode::NO_CONTENT.as_u16()),
        }));
        let service = Router::new().fallback(receive).with_state(Arc::clone(&shared)).into_make_service();
        let handle = Handle::new();
        match tls {
            None => {
                let server = axum_server::from_tcp(listener)?.handle(handle.clone());
                tokio::spawn(async move { server.serve(service).await });
            }
            Some(config) => {
                let server = axum_server::from_tcp_rustls(listener, config)?.handle(handle.clone());
                tokio::spawn(async move { server.serve(service).await });
            }
        }
        Ok(Self { address, scheme, shared, handle })
    }

    /// The sink's address with that path, which begins with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("{}://{}{path}", self.scheme, self.address)
    }

    /// The sink's port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// From now on answers like this.
    pub fn answer(&self, reply: Reply) {
        lock(&self.shared).usual = reply;
    }

    /// Answers like this once, after the answers already lined up.
    pub fn answer_once(&self, reply: Reply) {
        lock(&self.shared).next.push_back(reply);
    }

    /// The requests received so far, in the order of arrival.
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.shared).requests.clone()
    }

    /// Waits until the requests satisfy `enough` and returns them all.
    ///
    /// # Errors
    /// They do not within `limit`.
    pub async fn wait_for(&self, limit: Duration, enough: impl Fn(&[Request]) -> bool) -> Result<Vec<Request>> {
        wait::until("requests at the sink", limit, async || {
            let requests = self.requests();
            Ok(enough(&requests).then_some(requests))
        })
        .await
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.handle.shutdown();
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn receive(
    State(shared): State<Arc<Mutex<Shared>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let headers = headers.iter().map(|(n, v)| (n.to_string(), String::from_utf8_lossy(v.as_bytes()).into_owned()));
    let request = Request {
        method: method.to_string(),
        path: uri.path_and_query().map_or_else(|| uri.path().to_owned(), ToString::to_string),
        headers: headers.collect(),
        body: body.to_vec(),
        at_ms: now_ms(),
    };
    let reply = {
        let mut shared = lock(&shared);
        shared.requests.push(request);
        shared.next.pop_front().unwrap_or_else(|| shared.usual.clone())
    };
    tokio::time::sleep(reply.delay).await;
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, reply.body).into_response();
    for (name, value) in reply.headers {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
