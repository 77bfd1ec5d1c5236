//! The listener: HTTP/1.1 and HTTP/2, plain or over TLS, with bounds on everything a stranger can hold open.

use axum::Router;
use axum_server::accept::Accept;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Handle, Server};
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::future::{Future, Ready, pending, ready};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::Service;

/// Seconds running requests may take after a stop.
pub const GRACE_S: u64 = 10;
/// Bytes of a request's line and headers.
const HEADERS_MAX: usize = 64 * 1024;
/// Requests at once on one HTTP/2 connection.
const STREAMS_MAX: u32 = 128;

/// Bounds of a listener.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at once; one more is closed at once.
    pub connections: usize,
    /// Seconds until a request's headers must be complete, counted from the connection or the answer before.
    pub headers_s: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: 4096, headers_s: 60 }
    }
}

/// A certificate with its key, ready to serve.
#[derive(Clone)]
pub struct Tls(Arc<ServerConfig>);

impl Tls {
    /// Reads a certificate chain (leaf first) and its private key from PEM files.
    ///
    /// # Errors
    /// A file cannot be read, holds no PEM, or key and certificate do not belong together.
    pub fn from_files(certificate: &Path, key: &Path) -> io::Result<Self> {
        let named =
            |path: &Path, error: &dyn std::fmt::Display| io::Error::other(format!("{}: {error}", path.display()));
        let chain = CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let chain = chain.map_err(|error| named(certificate, &error))?;
        let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| named(key, &error))?;
        let config =
            ServerConfig::builder_with_provider(Arc::new(default_provider())).with_safe_default_protocol_versions();
        let config = config.and_then(|config| config.with_no_client_auth().with_single_cert(chain, secret));
        let mut config = config.map_err(|error| named(certificate, &error))?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self(Arc::new(config)))
    }
}

/// A bound address, not served yet.
pub struct Listening {
    listener: TcpListener,
    address: SocketAddr,
}

impl Listening {
    /// Binds an address; port 0 takes a free one.
    ///
    /// # Errors
    /// The address is not ours or in use.
    pub fn bind(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    /// The address with its real port.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop` resolves; then no connection is accepted and running requests have [`GRACE_S`] seconds.
    ///
    /// # Errors
    /// The listener breaks.
    pub async fn serve(
        self,
        site: Router,
        tls: Option<Tls>,
        limits: Limits,
        stop: impl Future<Output = ()>,
    ) -> io::Result<()> {
        let handle = Handle::new();
        let capped = Capped { free: Arc::new(Semaphore::new(limits.connections)) };
        let server = axum_server::from_tcp(self.listener)?;
        let site = site.into_make_service_with_connect_info::<SocketAddr>();
        let stopping = async {
            stop.await;
            handle.graceful_shutdown(Some(Duration::from_secs(GRACE_S)));
            pending::<()>().await;
        };
        match tls {
            Some(Tls(config)) => {
                let acceptor = RustlsAcceptor::new(RustlsConfig::from_config(config)).acceptor(capped);
                let server = bounded(server.acceptor(acceptor), limits, &handle);
                tokio::select! { served = server.serve(site) => served, () = stopping => Ok(()) }
            }
            None => {
                let server = bounded(server.acceptor(capped), limits, &handle);
                tokio::select! { served = server.serve(site) => served, () = stopping => Ok(()) }
            }
        }
    }
}

fn bounded<A>(mut server: Server<SocketAddr, A>, limits: Limits, handle: &Handle<SocketAddr>) -> Server<SocketAddr, A> {
    let headers = Duration::from_secs(limits.headers_s);
    let http = server.http_builder();
    http.http1().header_read_timeout(headers).max_buf_size(HEADERS_MAX);
    http.http2().max_header_list_size(HEADERS_MAX as u32).max_concurrent_streams(STREAMS_MAX);
    server.first_request_timeout(headers).handle(handle.clone())
}

/// Accepts while there is room, and sends small answers at once.
#[derive(Clone)]
struct Capped {
    free: Arc<Semaphore>,
}

/// A connection's service, which gives its room back when the connection ends.
#[derive(Clone)]
struct Counted<S> {
    service: S,
    _room: Arc<OwnedSemaphorePermit>,
}

impl<S> Accept<TcpStream, S> for Capped {
    type Stream = TcpStream;
    type Service = Counted<S>;
    type Future = Ready<io::Result<(TcpStream, Counted<S>)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let room = Arc::clone(&self.free).try_acquire_owned().map_err(|_| io::Error::other("too many connections"));
        let room = room.and_then(|room| stream.set_nodelay(true).map(|()| room));
        ready(room.map(|room| (stream, Counted { service, _room: Arc::new(room) })))
    }
}

impl<S: Service<R>, R> Service<R> for Counted<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, request: R) -> S::Future {
        self.service.call(request)
    }
}
