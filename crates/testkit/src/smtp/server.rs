//! A private instance of Debian's Postfix that delivers every mail into one folder.
//!
//! Postfix and not OpenSMTPD: Debian 12's OpenSMTPD 6.8.0p2 cannot serve TLS with OpenSSL 3 (OpenSMTPD issues 1171 and
//! 1239). The password is checked by a few lines of ours that speak Dovecot's authentication protocol, so that no third
//! package is needed; SMTP, STARTTLS and AUTH themselves are Postfix's.

use crate::{
    ports,
    process::{self, Child, need},
    tls, wait,
};
use anyhow::{Result, bail};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Command,
    time::Duration,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// The host name the server greets with.
const HOST: &str = "mail.example.test";

/// How the server behaves.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Certificate of the two encrypted ports; without one there are none.
    pub certificate: Option<tls::Certificate>,
    /// User and password which the encrypted ports ask for.
    pub login: Option<(String, String)>,
    /// Addresses refused with 550 5.1.1.
    pub refused: Vec<String>,
    /// A domain whose mail is not stored but handed on, and the port it is handed to by LMTP on this machine.
    pub handed_on: Option<(String, u16)>,
}

/// A running Postfix. Needs root, as Postfix does.
#[derive(Debug)]
pub struct Server {
    /// Port without encryption or login.
    pub port: u16,
    /// Port which asks for STARTTLS, then for the login where one is set; 0 without a certificate.
    pub starttls_port: u16,
    /// Port encrypted from the first byte, then like the one above; 0 without a certificate.
    pub tls_port: u16,
    // Before the folder, so that the server is stopped before its files go.
    _process: Child,
    passwords: JoinHandle<()>,
    folder: TempDir,
}

impl Server {
    /// Starts a server on free ports.
    ///
    /// # Errors
    /// We are not root, the Debian package is missing, or the server does not answer within a minute.
    pub async fn start(options: Options) -> Result<Self> {
        let program = need("/usr/sbin/postfix", "postfix")?;
        if !process::is_root()? {
            bail!("Postfix starts only as root; run this test as root, as in a container");
        }
        let folder = tempfile::Builder::new().prefix("testkit-postfix-").tempdir()?;
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755))?;
        for (name, owner) in [("etc", "root"), ("queue", "root"), ("data", "postfix"), ("mail", "nobody")] {
            fs::create_dir(folder.path().join(name))?;
            process::give_to(&folder.path().join(name), owner)?;
        }
        let with_tls = options.certificate.is_some();
        let port = ports::free()?;
        let (starttls_port, tls_port) = if with_tls { (ports::free()?, ports::free()?) } else { (0, 0) };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let password_port = listener.local_addr()?.port();
        let passwords = tokio::spawn(answer_passwords(listener, options.login.clone()));

        fs::write(folder.path().join("etc/main.cf"), main_cf(folder.path(), &options, password_port)?)?;
        fs::write(folder.path().join("etc/master.cf"), master_cf(port, starttls_port, tls_port, &options))?;
        // `check` makes the queue's folders. `postfix start-fg` would put a shell between us and the server; `master -s` is
        // what it runs: in the foreground, leading a session which it takes with it when it ends.
        let checked = Command::new(program).arg("-c").arg(folder.path().join("etc")).arg("check").output()?;
        if !checked.status.success() {
            bail!("postfix check failed: {}", String::from_utf8_lossy(&checked.stderr));
        }
        let mut command = Command::new(need("/usr/lib/postfix/sbin/master", "postfix")?);
        command.arg("-c").arg(folder.path().join("etc")).arg("-s").current_dir("/");
        let mut process = Child::spawn("postfix", &mut command, &folder.path().join("log"))?;
        for port in [port, starttls_port, tls_port].into_iter().filter(|&port| port != 0) {
            wait::until_port_open(port, wait::LIMIT, || process.must_run()).await?;
        }
        Ok(Self { port, starttls_port, tls_port, _process: process, passwords, folder })
    }

    /// The mails delivered so far as they were stored, in the order of delivery.
    ///
    /// # Errors
    /// A mail cannot be read.
    pub fn mails(&self) -> Result<Vec<String>> {
        let mut mails = Vec::new();
        // The maildir comes with its first mail.
        let Ok(files) = fs::read_dir(self.folder.path().join("mail/all/new")) else { return Ok(Vec::new()) };
        for file in files {
            let file = file?;
            mails.push((file.metadata()?.modified()?, file.file_name(), fs::read_to_string(file.path())?));
        }
        mails.sort();
        Ok(mails.into_iter().map(|(_, _, text)| text).collect())
    }

    /// Waits until the mails delivered satisfy `enough` and returns them all.
    ///
    /// # Errors
    /// They do not within `limit`; the error holds the server's log.
    pub async fn wait_for(&self, limit: Duration, enough: impl Fn(&[String]) -> bool) -> Result<Vec<String>> {
        wait::until("mail", limit, async || Ok(Some(self.mails()?).filter(|mails| enough(mails))))
            .await
            .map_err(|error| error.context(self.log()))
    }

    /// What the server has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("data/mail.log")).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.passwords.abort();
    }
}

/// Main settings; every recipient of every domain is a local mailbox, so nothing ever leaves the machine.
fn main_cf(folder: &Path, options: &Options, password_port: u16) -> Result<String> {
    let folder = folder.display();
    let mut text = format!(
        "compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
shlib_directory = /usr/lib/postfix
meta_directory = /etc/postfix
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/data/mail.log
maillog_file_prefixes = {folder}
myhostname = {HOST}
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
disable_dns_lookups = yes
alias_maps =
alias_database =
local_recipient_maps =
virtual_mailbox_domains = static:all
virtual_mailbox_maps = static:all/
virtual_mailbox_base = {folder}/mail
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_transport = virtual
smtpd_relay_restrictions =
smtpd_recipient_restrictions = $refusals, permit_mynetworks, reject
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{password_port}
"
    );
    let refused: Vec<_> = options.refused.iter().map(|who| format!("{{ {who} = 550 5.1.1 no such user }}")).collect();
    text += &if refused.is_empty() {
        "refusals =\n".to_owned()
    } else {
        format!("refusals = check_recipient_access inline:{{ {} }}\n", refused.join(", "))
    };
    if let Some((domain, port)) = &options.handed_on {
        // Tried again after a second, so that a test of a refusal that passes does not wait for minutes.
        text += &format!(
            "transport_maps = inline:{{ {domain}=lmtp:inet:127.0.0.1:{port} }}\nminimal_backoff_time = 1s\nmaximal_backoff_time = 1s\nqueue_run_delay = 1s\n"
        );
    }
    if let Some(certificate) = &options.certificate {
        text += &format!(
            "smtpd_tls_cert_file = {}\nsmtpd_tls_key_file = {}\n",
            certificate.file.display(),
            certificate.key_file.display()
        );
    }
    Ok(text)
}

/// The services: our ports, and what Postfix needs to queue and deliver; none of them in a chroot.
fn master_cf(port: u16, starttls_port: u16, tls_port: u16, options: &Options) -> String {
    let login = if options.login.is_some() {
        "-o smtpd_sasl_auth_enable=yes -o {smtpd_recipient_restrictions=$refusals, permit_sasl_authenticated, reject}"
    } else {
        ""
    };
    let mut text = format!("127.0.0.1:{port} inet n - n - - smtpd\n");
    if options.certificate.is_some() {
        text +=
            &format!("127.0.0.1:{starttls_port} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt {login}\n");
        text += &format!("127.0.0.1:{tls_port} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes {login}\n");
    }
    text + "cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"
}

/// Answers Postfix's password questions, one task a connection, until aborted.
async fn answer_passwords(listener: TcpListener, login: Option<(String, String)>) {
    while let Ok((stream, _)) = listener.accept().await {
        let login = login.clone();
        tokio::spawn(async move {
            // A lost connection shows in Postfix's log and fails the test there.
            let _ = answer_connection(stream, login).await;
        });
    }
}

/// Dovecot's authentication protocol, version 1.2, as far as PLAIN and LOGIN need it.
async fn answer_connection(mut stream: TcpStream, login: Option<(String, String)>) -> Result<()> {
    let (reader, mut writer) = stream.split();
    writer
        .write_all(
            b"VERSION\t1\t2\nMECH\tPLAIN\tplaintext\nMECH\tLOGIN\tplaintext\nSPID\t1\nCUID\t1\n\
              COOKIE\t00000000000000000000000000000000\nDONE\n",
        )
        .await?;
    let mut lines = BufReader::new(reader).lines();
    let mut user = String::new();
    while let Some(line) = lines.next_line().await? {
        let fields: Vec<_> = line.split('\t').collect();
        let (&["AUTH", id, ..] | &["CONT", id, ..]) = fields.as_slice() else { continue };
        let sent = fields.iter().find_map(|f| f.strip_prefix("resp=")).or(fields.get(2).copied()).unwrap_or_default();
        let sent = String::from_utf8(STANDARD.decode(sent).unwrap_or_default())?;
        let given = match fields.as_slice() {
            ["AUTH", _, "PLAIN", ..] => {
                let mut parts = sent.split('\0').skip(1).map(str::to_owned);
                (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
            }
            ["AUTH", ..] => {
                user = sent;
                // Base64 of "Password:", the question LOGIN asks after the name.
                writer.write_all(format!("CONT\t{id}\tUGFzc3dvcmQ6\n").as_bytes()).await?;
                continue;
            }
            _ => (std::mem::take(&mut user), sent),
        };
        let answer = if login.as_ref() == Some(&given) {
            format!("OK\t{id}\tuser={}\n", given.0)
        } else {
            format!("FAIL\t{id}\tuser={}\n", given.0)
        };
        writer.write_all(answer.as_bytes()).await?;
    }
    Ok(())
}
