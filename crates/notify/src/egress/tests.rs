//! URL forms by which one reaches an inside address, and those that must go on working.

use super::*;

fn egress(allowed: &[&str]) -> Egress {
    let allowed = allowed.iter().map(|text| text.parse().unwrap()).collect();
    Egress::new(&Rules { allowed, ca_file: None }).unwrap()
}

/// The address or host a URL leads to, or the first words of why not.
fn verdict(egress: &Egress, url: &str) -> Result<String, &'static str> {
    match egress.check_url(url) {
        Ok(url) => Ok(url.host_str().unwrap_or_default().to_owned()),
        Err(Failure::Denied(denied)) => Err(denied.why),
        Err(Failure::Url(_)) => Err("url"),
        Err(other) => panic!("{url}: {other}"),
    }
}

#[tokio::test]
async fn every_spelling_of_an_inside_address_is_denied() {
    let egress = egress(&[]);
    let loopback = [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0X7F.1",
        "0177.0.0.1",
        "0177.1",
        "017700000001",
        "0x7f.0x0.0x0.0x1",
        "127.000.000.001",
        "127.255.255.254",
        "127.0.0.1.",
        "１２７.０.０.１",
        "①②⑦.⓪.⓪.①",
        "127。0。0。1",
        "127%2e0%2e0%2e1",
        "%31%32%37.0.0.1",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[0000:0000:0000:0000:0000:0000:0000:0001]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::FFFF:7F00:0001]",
        "[64:ff9b::127.0.0.1]",
        "[64:ff9b::7f00:1]",
    ];
    let metadata = [
        "169.254.169.254",
        "2852039166",
        "0xa9fea9fe",
        "0xa9.0xfe.0xa9.0xfe",
        "0251.0376.0251.0376",
        "169.254.43518",
        "169.16689662",
        "[::ffff:169.254.169.254]",
        "[::ffff:a9fe:a9fe]",
        "[64:ff9b::a9fe:a9fe]",
    ];
    let private = [
        "10.0.0.1",
        "10.1",
        "167772161",
        "0xa000001",
        "012.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.0.1",
        "192.168.1",
        "3232235521",
        "0xc0a80001",
        "0300.0250.0.1",
        "[::ffff:10.0.0.1]",
        "[64:ff9b::a00:1]",
    ];
    for (why, hosts) in [
        ("loopback", loopback.as_slice()),
        ("link-local and cloud metadata", &metadata),
        ("private", &private),
        ("this network", &["0.0.0.0", "0", "0x0", "00", "0.1"]),
        ("carrier-grade NAT", &["100.64.0.1", "100.100.100.200", "1681915905"]),
        ("private or cloud metadata", &["[fd00:ec2::254]", "[fc00::1]"]),
        ("link-local", &["[fe80::1]"]),
        ("multicast", &["224.0.0.1", "[ff02::1]"]),
        ("reserved", &["255.255.255.255", "4294967295", "[::]", "[::127.0.0.1]", "[fec0::1]"]),
        ("6to4", &["[2002:7f00:1::]", "[2002:a00:1::]"]),
        ("Teredo", &["[2001:0:4136:e378:8000:63bf:f5ff:fffe]"]),
    ] {
        for host in hosts {
            for url in [format!("http://{host}/"), format!("https://{host}:8443/a?b#c"), format!("HTTP://{host}")] {
                assert_eq!(verdict(&egress, &url), Err(why), "{url}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_not_a_plain_http_url_is_refused() {
    let egress = egress(&["0.0.0.0/0", "::/0"]);
    for url in [
        "",
        "example.jp",
        "//example.jp/",
        "ftp://example.jp/",
        "file:///etc/passwd",
        "gopher://example.jp/",
        "javascript:alert(1)",
        "data:text/plain,x",
        "ws://example.jp/",
        "unix:/run/x",
        "http://",
        "http:///",
        "http://user@example.jp/",
        "http://user:pw@example.jp/",
        "http://:pw@example.jp/",
        "http://@example.jp/",
        "http://example.jp@127.0.0.1/",
        "http://127.0.0.1:80@example.jp/",
        "http://example.jp:80:80/",
        "http://example.jp:99999/",
        "http://example.jp /",
        " http://example.jp/",
        "http://example.jp/\r\nHost: x",
        "http://exa\tmple.jp/",
        "http://example.jp\\@127.0.0.1/",
        "http:\\\\127.0.0.1\\",
        "http://[::1/",
        "http://[::1%25lo]/",
        "http://256.256.256.256/",
        "http://1.2.3.4.5/",
        "http://0x1ffffffff/",
        "http://exa<mple.jp/",
        "http://%00/",
    ] {
        assert_eq!(verdict(&egress, url), Err("url"), "{url:?}");
    }
}

#[tokio::test]
async fn public_addresses_and_names_pass() {
    let egress = egress(&[]);
    for (url, host) in [
        ("https://hooks.example.jp/a?b=c", "hooks.example.jp"),
        ("http://8.8.8.8/", "8.8.8.8"),
        ("http://134744072/", "8.8.8.8"),
        ("http://[2606:4700::1111]/", "[2606:4700::1111]"),
        ("http://[::ffff:8.8.8.8]/", "[::ffff:808:808]"),
        ("https://日本語.example.jp/", "xn--wgv71a119e.example.jp"),
        ("https://example.jp/a@b", "example.jp"),
    ] {
        assert_eq!(verdict(&egress, url), Ok(host.to_owned()), "{url}");
    }
}

#[tokio::test]
async fn the_operator_allows_by_network_and_by_name() {
    let egress = egress(&["127.0.0.0/8", "10.1.0.0/16"]);
    assert_eq!(verdict(&egress, "http://0x7f.1/"), Ok("127.0.0.1".to_owned()));
    assert_eq!(verdict(&egress, "http://10.1.2.3/"), Ok("10.1.2.3".to_owned()));
    assert_eq!(verdict(&egress, "http://10.2.0.1/"), Err("private"));
    assert_eq!(verdict(&egress, "http://[::1]/"), Err("loopback"));
}
