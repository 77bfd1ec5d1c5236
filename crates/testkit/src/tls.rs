//! A throw-away certificate authority.

use anyhow::Result;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};
use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// A certificate authority which nobody trusts but the peers told to.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: TempDir,
    ca_file: PathBuf,
}

/// A server's certificate and key as PEM, both as text and as files that live as long as the authority.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// The certificate.
    pub pem: String,
    /// Its private key, PKCS #8.
    pub key_pem: String,
    /// File of the certificate.
    pub file: PathBuf,
    /// File of the key, readable by its owner alone.
    pub key_file: PathBuf,
}

impl Authority {
    /// A new authority in a folder of its own.
    ///
    /// # Errors
    /// No key can be made or no file be written.
    pub fn new() -> Result<Self> {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let folder = tempfile::Builder::new().prefix("testkit-tls-").tempdir()?;
        // The folder's name, so that no two authorities have the same.
        params.distinguished_name.push(DnType::CommonName, folder.path().display().to_string());
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        // Peers that run as other users read the files of this folder.
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755))?;
        let ca_file = folder.path().join("ca.pem");
        fs::write(&ca_file, issuer.pem())?;
        Ok(Self { issuer, folder, ca_file })
    }

    /// File of the authority's own certificate, for peers that shall trust it.
    pub fn ca_file(&self) -> &Path {
        &self.ca_file
    }

    /// The authority's own certificate as PEM.
    pub fn ca_pem(&self) -> String {
        self.issuer.pem()
    }

    /// A server certificate for `localhost` and 127.0.0.1.
    ///
    /// # Errors
    /// No key can be made or no file be written.
    pub fn certificate(&self) -> Result<Certificate> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(["localhost".to_owned(), "127.0.0.1".to_owned()])?;
        params.distinguished_name.push(DnType::CommonName, "localhost");
        params.use_authority_key_identifier_extension = true;
        let pem = params.signed_by(&key, &self.issuer)?.pem();
        let key_pem = key.serialize_pem();
        let (file, key_file) = (self.folder.path().join("server.pem"), self.folder.path().join("server.key"));
        fs::write(&file, &pem)?;
        fs::write(&key_file, &key_pem)?;
        fs::set_permissions(&key_file, Permissions::from_mode(0o600))?;
        Ok(Certificate { pem, key_pem, file, key_file })
    }
}

/// Makes ring the TLS provider of this process where none is chosen yet; clients and servers of tests call it first.
pub fn install_provider() {
    // An error means that one is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
