//! 証跡: the bundle to take away, the command that checks it, and what must come out.

pub(crate) mod handler;

use crate::layout::{Shell, page as shell_page};
use crate::when;
use desk::{Proof, Stand};
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct ProofPage {
    /// Customers whose proof the reader may have: id and name.
    pub customers: Vec<(String, String)>,
    /// Whose it is, by id.
    pub tenant: String,
    /// Where its chain stands.
    pub proof: Proof,
}

/// The page.
pub fn page(shell: &Shell, it: &ProofPage) -> Markup {
    let title = shell.t("証跡", "Proof");
    let file = format!("madoguchi-{}-{}.zip", it.tenant, it.proof.head.seq);
    let key = it.proof.key.as_deref();
    let trust = key.map_or_else(|| "--unsigned".to_owned(), |key| format!("--checkpoint-key {key}"));
    let body = html! {
        article.paper {
            header.top { h1 { (title) } }
            p.told-first { (it.proof.customer) }
            p { (shell.t("これまでの記録をすべて1つのファイルで受け取り、改ざんがないことを手元で確かめられます。ネットワークもデータベースも要りません。",
                "Take everything recorded so far as one file, and check on your own machine that nothing was changed. It needs no network and no database.")) }
            p { (shell.t("社内向けのメモなど、お客様にお伝えしていない文章は含まれません。その事実があったことは残り、検証できます。",
                "Words that were not told to the customer, such as internal notes, are left out for customers. That the facts happened stays, and is verified.")) }
            (whose(shell, it))
            section {
                h2 { (shell.t("1. ファイルを受け取る", "1. Take the file")) }
                p.do { a.button href={ "/proof/bundle?tenant=" (it.tenant) } download=(file) { (shell.t("証跡ファイルを保存する (ZIP)", "Save the bundle (ZIP)")) } }
                p.hint { (shell.t("中の index.html はブラウザーで読めます。", "The index.html inside opens in a browser.")) }
            }
            section {
                h2 { (shell.t("2. 確かめる", "2. Check it")) }
                pre tabindex="0" { code id="command" { "madoguchi verify --bundle " (file) " " (trust) } }
                @if key.is_none() { p.hint { (shell.t("この窓口は署名鍵を知らないため、署名を確かめないコマンドを表示しています。", "This desk does not know its signing key, so the command leaves signatures out.")) } }
                p.hint { (shell.t("終了コード 0 で合格です。合わないところがあれば、最初の1件を番号で示して 1 で終わります。", "Exit code 0 is a pass. Otherwise the first fault is named by its number, with exit code 1.")) }
            }
            section {
                h2 { (shell.t("3. 見比べる", "3. Compare")) }
                dl.facts {
                    dt { (shell.t("最後の記録", "Last fact")) } dd { (it.proof.head.seq) }
                    dt { (shell.t("チェーンの値", "Hash of the chain")) } dd { (hash("head", &it.proof.head)) }
                    @match &it.proof.checkpoint {
                        Some((stand, at)) => {
                            dt { (shell.t("署名済みの記録", "Signed up to fact")) } dd { (stand.seq) " · " (when::time(shell, *at)) }
                            dt { (shell.t("その値", "Hash there")) } dd { (hash("covered", stand)) }
                        }
                        None => { dt { (shell.t("署名済みの記録", "Signed up to fact")) } dd { (shell.t("まだありません (60秒以内に作られます)", "none yet (within 60 seconds)")) } }
                    }
                }
                p.hint { (shell.t("コマンドの出力の head と同じ値になります。新しい記録が増えると進みます。", "The command prints the same as head. It moves on with every new fact.")) }
            }
            p { a href={ "/compliance?tenant=" (it.tenant) } { (shell.t("順守状況", "How service levels were kept")) } }
        }
    };
    shell_page(shell, title, &body)
}

fn hash(id: &str, stand: &Stand) -> Markup {
    html! { code.long id=(id) { (stand.hash) } }
}

/// Another customer, for those who see several.
fn whose(shell: &Shell, it: &ProofPage) -> Markup {
    html! {
        @if it.customers.len() > 1 {
            nav aria-label=(shell.t("お客様", "Customer")) {
                @for (id, name) in &it.customers { @if *id != it.tenant { a href={ "/proof?tenant=" (id) } { (name) } " " } }
            }
        }
    }
}

/// The samples.
pub fn samples() -> Vec<(&'static str, ProofPage)> {
    let stand = |seq, digit: &str| Stand { seq, hash: digit.repeat(64) };
    let proof =
        |checkpoint, key| Proof { customer: "なぎさ商事".into(), head: stand(1_234, "a"), checkpoint, key };
    let key = "madoguchi+129ae321+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs";
    let customers =
        vec![("a".to_owned(), "なぎさ商事".to_owned()), ("b".to_owned(), crate::sample::HOSTILE.to_owned())];
    let page = |customers, proof| ProofPage { customers, tenant: "a".into(), proof };
    vec![
        ("full", page(customers, proof(Some((stand(1_200, "b"), crate::sample::at(0))), Some(key.to_owned())))),
        ("unsigned", page(vec![], proof(None, None))),
    ]
}
