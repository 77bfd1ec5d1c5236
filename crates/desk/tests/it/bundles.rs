//! A customer's bundle: written, verified without the desk, and every change in it found (R-A5-*, F26).

use crate::verify::history::{self, History, Place};
use crate::verify::{inside, on_both};
use desk::{BundleError, BundleReport, Verify, VerifyError, Words};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

async fn export(history: &History, file: &Path) -> desk::Exported {
    let created = File::create_new(file).unwrap();
    desk::export(&history.store, &history.acme, Words::All, created).await.unwrap()
}

async fn check(file: &Path, options: &Verify) -> Result<BundleReport, String> {
    match desk::verify_bundle(File::open(file).unwrap(), options).await {
        Ok(report) => Ok(report),
        Err(BundleError::Wrong(VerifyError::Failed(failure))) => panic!("{failure}"),
        Err(error) => Err(error.to_string()),
    }
}

/// The parts of a bundle by name, in the order of the file.
fn parts(file: &Path) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(File::open(file).unwrap()).unwrap();
    let mut parts = vec![];
    for place in 0..zip.len() {
        let mut part = zip.by_index(place).unwrap();
        let mut bytes = vec![];
        part.read_to_end(&mut bytes).unwrap();
        parts.push((part.name().unwrap().to_string(), bytes));
    }
    parts
}

/// Packs parts again; with `sums`, the manifest is made to fit them, as a forger would.
fn pack(file: &Path, mut parts: Vec<(String, Vec<u8>)>, sums: bool) {
    if sums {
        let (_, text) = parts.pop().unwrap();
        let mut manifest: serde_json::Value = serde_json::from_slice(&text).unwrap();
        for (place, (_, bytes)) in parts.iter().enumerate() {
            manifest["parts"][place]["bytes"] = bytes.len().into();
            manifest["parts"][place]["sha256"] = domain::fact::sha256(&[bytes]).into();
        }
        parts.push(("manifest.json".into(), serde_json::to_vec(&manifest).unwrap()));
    }
    let mut zip = zip::ZipWriter::new(File::create(file).unwrap());
    for (name, bytes) in parts {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&bytes).unwrap();
    }
    zip.finish().unwrap();
}

async fn a_bundle_is_verified_without_the_desk(place: Place) {
    let history = history::write(&place).await;
    let (first, again) = (place.folder.path().join("a.zip"), place.folder.path().join("b.zip"));
    let exported = export(&history, &first).await;
    export(&history, &again).await;
    assert!(std::fs::read(&first).unwrap() == std::fs::read(&again).unwrap(), "the same state gives the same bytes");
    let report = check(&first, &inside()).await.unwrap();
    assert_eq!((report.head, report.name.as_str()), (exported.head, "○○商事"));
    let whole = desk::verify(&history.store, &inside()).await.unwrap();
    let rows = history.store.snapshot().await.unwrap().rows("records", &history.acme).await.unwrap();
    assert_eq!((report.report.records, report.report.verdicts), (rows.len() as u64, whole.verdicts), "{whole:?}");
    assert!(report.covered > 0 && report.report.blobs > 30, "{:?}", report.report);
    let outside = Verify { outside: Some(history.outside.clone()), ..inside() };
    check(&first, &outside).await.unwrap();
}

/// F30: nothing of another customer is in it, and no secret.
async fn a_bundle_holds_nothing_of_anybody_else(place: Place) {
    let history = history::write(&place).await;
    let (file, told) = (place.folder.path().join("a.zip"), place.folder.path().join("told.zip"));
    export(&history, &file).await;
    let created = File::create_new(&told).unwrap();
    desk::export(&history.store, &history.acme, Words::Told, created).await.unwrap();
    let tenants = history.store.system().tenants().await.unwrap();
    let beta = tenants.iter().find(|tenant| tenant.name == "△△重工").unwrap();
    for (name, bytes) in parts(&file).into_iter().chain(parts(&told)) {
        let text = String::from_utf8(bytes).unwrap();
        for foreign in [beta.id.as_str(), "BETA", "△△", "argon2"] {
            assert!(!text.contains(foreign), "{foreign} in {name}");
        }
    }
    for (name, bytes) in parts(&told) {
        assert!(!String::from_utf8(bytes).unwrap().contains("@msp.test"), "an address of staff in {name}");
    }
}

/// What the customer is given has no internal words, and proves the same.
async fn a_customers_bundle_leaves_internal_words_out(place: Place) {
    let history = history::write(&place).await;
    let file = place.folder.path().join("a.zip");
    let created = File::create_new(&file).unwrap();
    desk::export(&history.store, &history.acme, Words::Told, created).await.unwrap();
    let report = check(&file, &inside()).await.unwrap();
    assert!(report.report.erased > 0, "{:?}", report.report);
    let note = history.a_note().await;
    let store = history.store.tenant(&history.acme);
    let words = store.blob_text(&note).await.unwrap().unwrap();
    for (name, bytes) in parts(&file) {
        assert!(!String::from_utf8(bytes).unwrap().contains(&words), "an internal note in {name}");
    }
}

/// A change of one byte in each part, with the sum left as it was and made to fit.
async fn every_changed_part_is_named(place: Place) {
    let history = history::write(&place).await;
    let (file, changed) = (place.folder.path().join("a.zip"), place.folder.path().join("c.zip"));
    export(&history, &file).await;
    let whole = parts(&file);
    for place in 0..whole.len() {
        let (name, bytes) = &whole[place];
        if bytes.is_empty() {
            continue;
        }
        for sums in [false, true] {
            let mut parts = whole.clone();
            // A letter or a digit in the middle becomes another one; a sheet without lines has none. Of a blob it is one of
            // its salt: its media type is proven by the manifest alone.
            let from = bytes.len() / 2;
            let salt = bytes[from..].windows(8).position(|part| part == br#""salt":""#).map_or(0, |at| at + 8);
            let middle = (from + salt..bytes.len()).find(|at| bytes[*at].is_ascii_alphanumeric()).unwrap_or(0);
            parts[place].1[middle] = if bytes[middle] == b'1' { b'2' } else { b'1' };
            if sums && name == "manifest.json" {
                continue;
            }
            pack(&changed, parts, sums);
            let Err(said) = check(&changed, &inside()).await else { panic!("a change in {name} was not seen") };
            assert!(said.contains("tenant ") || said.contains(name.as_str()), "{name}: {said}");
        }
    }
}

/// Whoever makes the manifest fit again can change what no fact tells of, and nothing else: the list of `docs/proof.md`.
async fn only_what_no_fact_tells_of_can_be_changed(place: Place) {
    let history = history::write(&place).await;
    let (file, changed) = (place.folder.path().join("a.zip"), place.folder.path().join("c.zip"));
    export(&history, &file).await;
    let whole = parts(&file);
    let mut unseen = BTreeSet::new();
    for part in ["blobs.jsonl", "events.jsonl"] {
        let at = whole.iter().position(|(name, _)| name == part).unwrap();
        let text = String::from_utf8(whole[at].1.clone()).unwrap();
        for line in text.lines() {
            let fields: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).unwrap();
            for (key, value) in fields {
                if unseen.contains(&format!("{part} {key}")) {
                    continue;
                }
                let other = match &value {
                    serde_json::Value::Number(number) => (number.as_u64().unwrap() + 1).to_string(),
                    serde_json::Value::String(text) if text.ends_with('0') => {
                        format!("\"{}1\"", &text[..text.len() - 1])
                    }
                    serde_json::Value::String(text) => {
                        let last = text.chars().next_back().map_or(0, char::len_utf8);
                        serde_json::to_string(&format!("{}0", &text[..text.len() - last])).unwrap()
                    }
                    _ => "\"0\"".to_owned(),
                };
                let forged = line.replacen(&format!("\"{key}\":{value}"), &format!("\"{key}\":{other}"), 1);
                assert_ne!(forged, line, "{part} {key}");
                let mut parts = whole.clone();
                parts[at].1 = text.replacen(line, &forged, 1).into_bytes();
                pack(&changed, parts, true);
                if check(&changed, &inside()).await.is_ok() {
                    unseen.insert(format!("{part} {key}"));
                }
            }
        }
    }
    let told: Vec<&str> = unseen.iter().map(String::as_str).collect();
    assert_eq!(told[0], "blobs.jsonl media_type");
    let of_repeats = [
        "action",
        "alert_key",
        "api_key",
        "dedup_key",
        "fate",
        "incident",
        "kept_in",
        "note",
        "project",
        "received",
        "sender",
    ];
    assert_eq!(told[1..], of_repeats.map(|key| format!("events.jsonl {key}")), "of repeated alerts only");
}

/// Changes that a forger with the rules and without the signing key would make; the manifest fits each time.
async fn a_forger_is_found(place: Place) {
    let history = history::write(&place).await;
    let (file, changed) = (place.folder.path().join("a.zip"), place.folder.path().join("c.zip"));
    let acme = history.acme.as_str().to_owned();
    export(&history, &file).await;
    let whole: BTreeMap<String, String> =
        parts(&file).into_iter().map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap())).collect();
    let order: Vec<String> = parts(&file).into_iter().map(|(name, _)| name).collect();
    let forge = |name: &str, text: String| {
        let mut parts = whole.clone();
        assert!(parts.insert(name.to_owned(), text.clone()).is_some_and(|old| old != text), "{name} was not changed");
        let parts = order.iter().map(|name| (name.clone(), parts[name].clone().into_bytes())).collect();
        pack(&changed, parts, true);
    };
    let lines = |name: &str| whole[name].lines().map(String::from).collect::<Vec<String>>();
    let joined = |lines: Vec<String>| lines.join("\n") + "\n";

    let mut dropped = lines("facts.jsonl");
    dropped.remove(11);
    forge("facts.jsonl", joined(dropped));
    let said = check(&changed, &inside()).await.unwrap_err();
    assert!(said.starts_with(&format!("tenant {acme}, fact 12: ")), "{said}");

    let mut swapped = lines("facts.jsonl");
    swapped.swap(19, 20);
    forge("facts.jsonl", joined(swapped));
    let said = check(&changed, &inside()).await.unwrap_err();
    assert!(said.starts_with(&format!("tenant {acme}, fact 20: ")), "{said}");

    let mut cut = lines("facts.jsonl");
    let last = cut.len();
    cut.pop();
    forge("facts.jsonl", joined(cut));
    let said = check(&changed, &inside()).await.unwrap_err();
    assert!(said.starts_with(&format!("tenant {acme}, fact {last}: ")), "{said}");

    forge("incidents.jsonl", whole["incidents.jsonl"].replacen("\"slo\":\"m", "\"slo\":\"n", 1));
    let said = check(&changed, &inside()).await.unwrap_err();
    assert!(said.contains(&acme) && said.contains("(ACME-") && said.contains("part incidents.jsonl"), "{said}");

    let verdicts: Vec<String> = lines("incidents.csv").iter().map(|line| line.replace(",met,", ",missed,")).collect();
    forge("incidents.csv", joined(verdicts));
    let said = check(&changed, &inside()).await.unwrap_err();
    assert!(said.contains("(ACME-") && said.contains("part incidents.csv"), "{said}");

    forge("compliance.csv", whole["compliance.csv"].replacen("○", "×", 1));
    let said = check(&changed, &inside()).await.unwrap_err();
    assert!(said.contains("part compliance.csv"), "{said}");

    forge("compliance.jsonl", whole["compliance.jsonl"].replacen("\"missed\":[]", "\"missed\":[\"ACME-1\"]", 1));
    let said = check(&changed, &inside()).await.unwrap_err();
    assert!(said.contains("part compliance.jsonl"), "{said}");

    // Somebody else's signature, and none.
    let stranger = desk::CheckpointKey::from_seed([8; 32]);
    let options = Verify { checkpoint_keys: vec![stranger.verifier().clone()], outside: None };
    let said = check(&file, &options).await.unwrap_err();
    assert!(said.contains("not signed by a trusted key"), "{said}");

    // A whole chain written anew fits itself; a checkpoint from outside does not.
    let mut outside = history.outside.clone();
    outside.retain(|note| note.tenant == history.acme);
    outside[0].hash = "0".repeat(64);
    let options = Verify { outside: Some(outside), checkpoint_keys: vec![] };
    let said = check(&file, &options).await.unwrap_err();
    assert!(said.contains("another hash here than its checkpoint"), "{said}");
}

/// Anybody opens an attached file without the desk, under its own name; it is proven like everything else.
async fn attached_files_stand_as_files(place: Place) {
    let history = history::write(&place).await;
    let (file, told) = (place.folder.path().join("a.zip"), place.folder.path().join("told.zip"));
    let changed = place.folder.path().join("c.zip");
    export(&history, &file).await;
    let created = File::create_new(&told).unwrap();
    desk::export(&history.store, &history.acme, Words::Told, created).await.unwrap();
    let files = |path: &Path| -> Vec<(String, String)> {
        let files = parts(path).into_iter().filter(|(name, _)| name.starts_with("files/"));
        files.map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap())).collect()
    };
    let [open, internal] = files(&file).try_into().unwrap();
    assert!(open.0.starts_with("files/ACME-") && open.0.ends_with("-手順.txt"), "{open:?}");
    assert_eq!((open.1.as_str(), internal.1.as_str()), ("steps of 手順.txt", "steps of 社内/控え.txt"));
    assert!(internal.0.ends_with("-控え.txt"), "{internal:?}");
    assert_eq!(files(&told), std::slice::from_ref(&open), "what is internal is not given");
    check(&told, &inside()).await.unwrap();
    let page = String::from_utf8(parts(&file).into_iter().find(|(name, _)| name == "index.html").unwrap().1).unwrap();
    assert!(page.contains(">手順.txt</a>") && page.contains("-%E6%89%8B%E9%A0%86.txt\" download"), "{page}");

    // Renamed, taken out of its own file into the line, exchanged, added: each is found although all sums fit.
    let whole = parts(&file);
    let place_of = |name: &str| whole.iter().position(|(other, _)| other == name).unwrap();
    let (at, other, lines) = (place_of(&open.0), place_of(&internal.0), place_of("blobs.jsonl"));
    let text = String::from_utf8(whole[lines].1.clone()).unwrap();
    let mut renamed = whole.clone();
    renamed[at].0 = format!("{}x", open.0);
    renamed[lines].1 = text.replace(&open.0, &renamed[at].0).into_bytes();
    let mut exchanged = whole.clone();
    (exchanged[at].1, exchanged[other].1) = (whole[other].1.clone(), whole[at].1.clone());
    let mut inline = whole.clone();
    let (named, said) = (format!("\"file\":\"{}\"", open.0), format!("\"text\":\"{}\"", open.1));
    inline[lines].1 = text.replace(&named, &said).into_bytes();
    for (what, forged) in [("renamed", renamed), ("exchanged", exchanged), ("inline", inline)] {
        repack(&changed, forged);
        let said = check(&changed, &inside()).await.unwrap_err();
        assert!(said.contains("fact ") || said.contains("blobs.jsonl"), "{what}: {said}");
    }
    let mut added = whole.clone();
    added.insert(added.len() - 1, ("files/ACME-1/9-x.txt".into(), b"x".to_vec()));
    repack(&changed, added);
    let said = check(&changed, &inside()).await.unwrap_err();
    assert!(said.contains("no fact attached files/ACME-1/9-x.txt"), "{said}");
}

/// Packs parts again under a manifest that names and sums up each of them.
fn repack(file: &Path, mut parts: Vec<(String, Vec<u8>)>) {
    let (_, text) = parts.last().unwrap();
    let mut manifest: serde_json::Value = serde_json::from_slice(text).unwrap();
    let named =
        parts[..parts.len() - 1].iter().map(|(name, _)| serde_json::json!({"name": name, "bytes": 0, "sha256": ""}));
    manifest["parts"] = named.collect();
    parts.last_mut().unwrap().1 = serde_json::to_vec(&manifest).unwrap();
    pack(file, parts, true);
}

/// Windows of work have a line and a sheet of their own.
async fn windows_stand_in_a_part(place: Place) {
    let history = history::write(&place).await;
    let file = place.folder.path().join("a.zip");
    export(&history, &file).await;
    let whole: BTreeMap<String, String> =
        parts(&file).into_iter().map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap())).collect();
    let lines: Vec<serde_json::Value> =
        whole["windows.jsonl"].lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let rows = history.store.snapshot().await.unwrap().rows("windows", &history.acme).await.unwrap();
    assert!(!rows.is_empty());
    let keys: BTreeSet<&str> = lines.iter().map(|line| line["key"].as_str().unwrap()).collect();
    assert_eq!(keys, rows.iter().map(|row| row.text("key")).collect());
    assert!(lines.iter().all(|line| !line["work"].as_str().unwrap().is_empty()), "{lines:?}");
    assert_eq!(whole["windows.csv"].lines().count(), rows.len() + 1);
}

on_both!(
    attached_files_stand_as_files,
    windows_stand_in_a_part,
    a_bundle_is_verified_without_the_desk,
    a_bundle_holds_nothing_of_anybody_else,
    a_customers_bundle_leaves_internal_words_out,
    every_changed_part_is_named,
    only_what_no_fact_tells_of_can_be_changed,
    a_forger_is_found,
);
