//! A desk whose mail goes to a sink.

use crate::house::{Ground, House};
use anyhow::Result;
use testkit::smtp::Sink;

/// Starts a desk that sends its mail to that sink.
pub(super) async fn house(ground: &Ground, sink: &Sink) -> Result<House> {
    let envs = [
        ("MADOGUCHI_MAIL__HOST", "127.0.0.1".to_owned()),
        ("MADOGUCHI_MAIL__PORT", sink.port.to_string()),
        ("MADOGUCHI_MAIL__TLS", "none".to_owned()),
        ("MADOGUCHI_MAIL__FROM__ADDRESS", "desk@msp.example".to_owned()),
        ("MADOGUCHI_MAIL__MESSAGE_ID_DOMAIN", "msp.example".to_owned()),
    ];
    House::open(ground, &envs).await
}
