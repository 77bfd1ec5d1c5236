//! A working day of the support centre in a real browser, by the keyboard alone: a request from its filing to the customer's word,
//! its approvals, a complaint, a special circumstance, last month's table frozen, and an auditor who reads all of it. The same walk
//! in Japanese and in English, on a telephone and in dark colours.

mod before;
mod reading;
mod seeking;

use crate::by_hand::HandHouse;
use crate::keyboard::{Keyboard, Look};
use anyhow::{Context, Result, ensure};
use before::History;
use domain::ids::{RecordKey, TenantId};
use domain::request::{Request, State};
use domain::time::Instant;
use domain::words::Lang;
use e2e::house::{Engine, Ground};

/// A desk's window.
const DESK: (u32, u32) = (1280, 1500);
/// A telephone's.
const PHONE: (u32, u32) = (390, 844);

#[tokio::test]
async fn in_japanese() -> Result<()> {
    Box::pin(walk(Engine::Sqlite, "ja", Look { lang: Lang::Ja, size: DESK, dark: false })).await
}

#[tokio::test]
async fn in_english_on_postgres() -> Result<()> {
    Box::pin(walk(Engine::Postgres, "en", Look { lang: Lang::En, size: DESK, dark: false })).await
}

#[tokio::test]
async fn on_a_telephone() -> Result<()> {
    Box::pin(walk(Engine::Sqlite, "phone", Look { lang: Lang::Ja, size: PHONE, dark: false })).await
}

#[tokio::test]
async fn in_dark_colours_in_english() -> Result<()> {
    Box::pin(walk(Engine::Sqlite, "dark", Look { lang: Lang::En, size: DESK, dark: true })).await
}

/// Everybody of the day: address, role, and name in Japanese and in English; the first two are of the customer.
const PEOPLE: [(&str, &str, &str, &str); 6] = [
    ("cu@nagisa.example", "cu", "田中 美咲", "Misaki Tanaka"),
    ("ca@nagisa.example", "ca", "大野 剛", "Go Ono"),
    ("su@msp.example", "su", "木村 誠", "Makoto Kimura"),
    ("second@msp.example", "su", "井上 大地", "Daichi Inoue"),
    ("dh@msp.example", "dh", "鈴木 涼", "Ryo Suzuki"),
    ("au@msp.example", "au", "橋本 愛", "Ai Hashimoto"),
];

/// The day: Tuesday, 24 November 2026, in Tokyo; the Monday before was a holiday.
fn at(time: &str) -> Result<Instant> {
    moment(&format!("2026-11-24T{time}:00"))
}

fn moment(local: &str) -> Result<Instant> {
    Instant::parse(&format!("{local}+09:00")).map_err(|error| anyhow::anyhow!("{local}: {error}"))
}

/// What all acts of the day know.
struct Day<'a> {
    house: &'a HandHouse,
    nagisa: TenantId,
    look: Look,
    album: String,
}

impl<'a> Day<'a> {
    async fn sits_down(&self, email: &str) -> Result<Keyboard<'a>> {
        let who = email.split('@').next().unwrap_or_default();
        let album = format!("day-{}-{who}", self.album);
        Keyboard::sign_in(self.house, email, self.look, &album).await.context(album)
    }

    async fn fold(&self, key: &str) -> Result<Request> {
        let facts = self.house.desk.store().tenant(&self.nagisa).record_facts(&RecordKey::new(key)).await?;
        Request::fold(&facts)?.with_context(|| format!("there is no {key}"))
    }
}

async fn walk(engine: Engine, album: &str, look: Look) -> Result<()> {
    let ground = Ground::lay(engine).await?;
    let house = HandHouse::open(&ground, moment("2026-10-05T10:00:00")?).await?;
    let t = |ja: &'static str, en: &'static str| look.lang.pick(ja, en);
    let nagisa = house.add_customer(t("なぎさ商事", "Nagisa Trading"), "NGS").await?;
    for (place, (email, role, ja, en)) in PEOPLE.into_iter().enumerate() {
        house.add_person(look.lang.pick(ja, en), email, role, (place < 2).then_some(&nagisa)).await?;
    }
    let history = before::october(&house, &nagisa, look.lang).await?;
    house.until(at("09:30")?).await?;
    let day = Day { house: &house, nagisa, look, album: album.to_owned() };
    let (key, other) = requests(&day).await?;
    seeking::what_was_written(&day, &key).await?;
    exception_and_table(&day, &other, &history).await?;
    reading::by_the_auditor(&day, &key, &history).await?;
    house.verified().await
}

/// One request from the catalogue to the customer's word, with everybody it takes; its key, and the key of another one.
async fn requests(day: &Day<'_>) -> Result<(String, String)> {
    let house = day.house;
    let (mut cu, mut su) = (day.sits_down("cu@nagisa.example").await?, day.sits_down("su@msp.example").await?);

    // 09:30: from the catalogue, with the due and how it is counted before anything is filed.
    cu.goto("/requests").await?;
    cu.follow("a.button[href='/requests/new']").await?;
    cu.picture("1-catalogue").await?;
    cu.follow("a[href$='entry=software_settings']").await?;
    // Five business days from the 24th: the weekend between does not count.
    let promise = cu.t("いま依頼すると、12/1（火） 19:00 まで", "Filed now, it will be done by 19:00 on");
    cu.sees(&[promise, cu.t("受付（0日目）", "received (day 0)"), cu.t("5営業日目", "business day 5")]).await?;
    cu.picture("2-due").await?;
    let host =
        [("host", "web01"), ("details", cu.t("php.ini の memory_limit を 256M に", "memory_limit of php.ini to 256M"))];
    cu.send("request", &host).await?;
    let path = cu.browser.path().await?;
    let key = path.trim_start_matches("/requests/").to_owned();
    cu.sees(&[cu.t("期限とその理由", "When it is due, and why"), cu.t("0日目として", "which is day 0")]).await?;
    cu.picture("3-filed").await?;
    // And another one, which the head of desk will need more time for.
    cu.goto("/requests/new?project=NGS&entry=monitoring").await?;
    let more = [
        ("work", "change"),
        ("host", "web01"),
        ("monitor", cu.t("応答時間のしきい値を3秒に", "Response time: warn at 3 seconds")),
    ];
    cu.send("request", &more).await?;
    let other = cu.browser.path().await?.trim_start_matches("/requests/").to_owned();

    // 10:00: the support centre sees it among what is owed today, takes it and asks; the customer answers and asks back.
    house.until(at("10:00")?).await?;
    su.goto("/today").await?;
    su.sees(&[&key, &other, su.t("担当者を決める", "Somebody takes it")]).await?;
    su.picture("1-today").await?;
    su.follow(&format!("a[href='{path}']")).await?;
    su.picture("2-request").await?;
    su.send("verb-assignment", &[]).await?;
    let asked = su.t("再起動は18時以降でよろしいですか。", "May we restart after 18:00?");
    su.send("verb-question", &[("text", asked)]).await?;
    house.until(at("10:40")?).await?;
    cu.goto(&path).await?;
    cu.sees(&[asked]).await?;
    let answered = cu.t("はい。停止は何分ですか。", "Yes. How long is it down?");
    cu.send("verb-answer", &[("text", answered)]).await?;
    house.until(at("11:00")?).await?;
    su.goto(&path).await?;
    su.sees(&[answered]).await?;
    su.send("verb-message", &[("text", su.t("約10秒です。", "About ten seconds."))]).await?;
    su.send("verb-date", &[("from", "2026-11-24T18:00:00"), ("to", "2026-11-24T19:00:00")]).await?;
    su.picture("3-offered").await?;

    // 11:30: the date is agreed to; the work is planned, and both sides approve it.
    house.until(at("11:30")?).await?;
    let mut ca = day.sits_down("ca@nagisa.example").await?;
    ca.goto(&path).await?;
    ca.sees(&[ca.t("約10秒です。", "About ten seconds.")]).await?;
    ca.picture("1-offered").await?;
    ca.send("verb-date-reply", &[("agreed", "yes")]).await?;
    ca.sees(&[ca.t("合意した早い日程", "Agreed earlier date")]).await?;
    su.goto(&path).await?;
    su.send("verb-plan", &[("affects", "yes")]).await?;
    ensure!(day.fold(&key).await?.filing.affects, "by its entry");
    house.until(at("13:00")?).await?;
    ca.goto(&path).await?;
    ca.picture("2-approving").await?;
    ca.send("verb-approval", &[]).await?;
    let mut dh = day.sits_down("dh@msp.example").await?;
    dh.goto("/today").await?;
    dh.follow(&format!("a[href='{path}']")).await?;
    dh.picture("1-approving").await?;
    dh.send("verb-approval", &[]).await?;

    // 18:00: the state before, the work, the state after, a second person's check, the result.
    house.until(at("18:00")?).await?;
    su.goto(&path).await?;
    su.send("verb-state-before", &[("text", "memory_limit = 128M")]).await?;
    su.send("verb-start", &[]).await?;
    house.until(at("18:10")?).await?;
    su.send("verb-state-after", &[("text", "memory_limit = 256M")]).await?;
    su.picture("4-working").await?;
    let mut second = day.sits_down("second@msp.example").await?;
    second.goto(&path).await?;
    second
        .send("verb-work-check", &[("text", second.t("設定と応答を確かめた", "The setting and the response"))])
        .await?;
    house.until(at("18:20")?).await?;
    su.goto(&path).await?;
    su.send("verb-completion", &[("text", su.t("256M に変更しました。", "It is 256M now."))]).await?;
    su.sees(&[su.t("完了確認待ち", "Done, to be confirmed")]).await?;
    su.picture("5-completed").await?;

    // 18:30: the customer confirms, and complains about the ten seconds, which were forty.
    house.until(at("18:30")?).await?;
    cu.goto(&path).await?;
    cu.sees(&[cu.t("256M に変更しました。", "It is 256M now.")]).await?;
    cu.picture("4-confirming").await?;
    cu.send("verb-closure", &[]).await?;
    cu.sees(&[cu.t("終了", "Closed")]).await?;
    cu.follow("a[href^='/records/new?process=complaint']").await?;
    let title = cu.t("停止が長かった", "It was down for longer");
    let text = cu.t("10秒と聞いていたが40秒止まった。", "We were told ten seconds, and it was forty.");
    cu.send("record", &[("title", title), ("text", text), ("about", &key)]).await?;
    cu.sees(&[title, text, cu.t("苦情", "Complaint")]).await?;
    cu.picture("5-complaint").await?;

    let request = day.fold(&key).await?;
    ensure!(request.state == State::Closed, "{:?}", request.state);
    let text = su.read(&path).await?;
    ensure!(text.contains("memory_limit = 128M") && text.contains("memory_limit = 256M"), "{text}");
    let seen = cu.read(&path).await?;
    ensure!(!seen.contains("memory_limit = 256M"), "what is among ourselves: {seen}");
    Ok((key, other))
}

/// The head of desk: a special circumstance of another request, told in the same act, and last month's table, frozen.
async fn exception_and_table(day: &Day<'_>, other: &str, history: &History) -> Result<()> {
    let mut dh = day.sits_down("dh@msp.example").await?;
    dh.goto(&format!("/requests/{other}")).await?;
    let told = [
        ("due", "2026-12-04"),
        ("reason", dh.t("監視基盤の計画停止", "The monitoring is down for maintenance")),
        ("text", dh.t("12月4日までにお時間をいただきます。", "We need until 4 December.")),
    ];
    dh.send("verb-exception", &told).await?;
    dh.sees(&[dh.t("特段の事情による期限", "Due by a special circumstance")]).await?;
    dh.picture("2-exception").await?;
    let request = day.fold(other).await?;
    ensure!(request.exception().is_some_and(|it| it.what.due == moment("2026-12-04T19:00:00").unwrap()));

    dh.goto("/compliance").await?;
    dh.sees(&["2026-10-01", "2026-10-31", dh.t("暫定", "Provisional")]).await?;
    dh.picture("3-table").await?;
    dh.unfold("#requests-kept details:has(a) > summary").await?;
    dh.send("freeze", &[]).await?;
    dh.sees(&[dh.t("第1号", "table 1"), "SHA-256"]).await?;
    dh.picture("4-frozen").await?;
    dh.goto(&format!("/requests/{}", history.late)).await?;
    dh.sees(&[dh.t("凍結済み", "frozen")]).await?;
    Ok(())
}
