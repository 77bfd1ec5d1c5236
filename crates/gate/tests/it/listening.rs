use crate::site::Site;
use axum::Router;
use gate::{Limits, Listening, Tls};
use std::io;
use std::net::SocketAddr;
use testkit::http::client;
use testkit::tls::Authority;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

fn serve(
    site: Router,
    tls: Option<Tls>,
    limits: Limits,
    stop: &CancellationToken,
) -> (SocketAddr, JoinHandle<io::Result<()>>) {
    let listening = Listening::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listening.address();
    (address, tokio::spawn(listening.serve(site, tls, limits, stop.clone().cancelled_owned())))
}

#[tokio::test]
async fn it_serves_until_it_is_told_to_stop() {
    let site = Site::new(false).await;
    let (address, served) = serve(site.router.clone(), None, Limits::default(), &site.stop);
    let client = client(None).unwrap();
    let hello = client.get(format!("http://{address}/hello")).send().await.unwrap();
    assert_eq!(hello.text().await.unwrap(), "hello");
    // A stream that nobody would end: it ends with the desk.
    let live =
        client.get(format!("http://{address}/live")).header("cookie", site.cookie(&site.staff)).send().await.unwrap();
    assert_eq!(live.status(), 200);
    site.stop.cancel();
    assert_eq!(live.bytes().await.unwrap().len(), 0);
    served.await.unwrap().unwrap();
    assert!(client.get(format!("http://{address}/hello")).send().await.is_err());
}

#[tokio::test]
async fn it_speaks_tls_and_http_2() {
    let site = Site::new(true).await;
    let authority = Authority::new().unwrap();
    let certificate = authority.certificate().unwrap();
    let tls = Tls::from_files(&certificate.file, &certificate.key_file).unwrap();
    let (address, served) = serve(site.router.clone(), Some(tls), Limits::default(), &site.stop);
    let hello = client(Some(&authority)).unwrap().get(format!("https://{address}/hello")).send().await.unwrap();
    assert_eq!((hello.status().as_u16(), hello.version()), (200, http::Version::HTTP_2));
    assert!(Tls::from_files(&certificate.key_file, &certificate.file).is_err());
    site.stop.cancel();
    served.await.unwrap().unwrap();
}

#[tokio::test]
async fn one_connection_too_many_is_closed() {
    let site = Site::new(false).await;
    let limits = Limits { connections: 1, ..Limits::default() };
    let (address, served) = serve(site.router.clone(), None, limits, &site.stop);
    let client = client(None).unwrap();
    assert_eq!(client.get(format!("http://{address}/hello")).send().await.unwrap().status(), 200);
    #[expect(clippy::disallowed_methods, reason = "a raw connection to our own listener on the loopback")]
    let mut second = TcpStream::connect(address).await.unwrap();
    assert_eq!(second.read(&mut [0; 16]).await.unwrap_or_default(), 0);
    // The client kept the first one, and it still answers.
    assert_eq!(client.get(format!("http://{address}/hello")).send().await.unwrap().status(), 200);
    site.stop.cancel();
    served.await.unwrap().unwrap();
}
