//! Requests of the history, from the day they were filed: one kept, one kept only because the customer was waited for, one missed
//! and explained, one excepted, one done in the window that was agreed, one called off, and some that go on now. Two ask for a paid
//! option and go to sales; two works are announced. The table of last month is frozen on the first business day of this one.

use super::Dated;
use super::people::Who::{self, Aki, Chihiro, Mayu, Naoto, Sho, Taku, Yukiko};
use super::stage::Stage;
use super::story::{Act, Beat, Scene, Tale, local, on_day};
use anyhow::Context;
use desk::record::RecordInput;
use desk::request::{Act as Verb, NewRequest, RequestInput};
use desk::{Freeze, NewWindow, Restate};
use domain::calendar::{BusinessDays, Calendar};
use domain::ids::{ProjectKey, RecordKey};
use domain::time::HOUR_MS;
use domain::window::WindowKind;
use jiff::civil::Date;

/// A request as it is filed.
pub(super) struct Order {
    /// By whom.
    pub(super) by: Who,
    /// Code of the catalogue entry.
    pub(super) entry: &'static str,
    /// What is filled in.
    pub(super) fields: &'static [(&'static str, &'static str)],
}

/// Work that is announced ahead.
pub(super) struct Work {
    /// By whom: a customer's work is announced by the customer.
    pub(super) by: Who,
    /// Patterns of its hosts.
    pub(super) hosts: &'static str,
    /// What is done.
    pub(super) work: &'static str,
    /// Begins so many hours after it is announced, and takes two.
    pub(super) hours_ahead: i64,
}

/// What a verb is given beside its words.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum With {
    /// Nothing.
    Nothing,
    /// The work affects the service.
    Effect,
    /// A window of two hours that begins so many hours later.
    WindowIn(i64),
    /// The customer agrees.
    Yes,
    /// Another due, so many business days later.
    DueIn(u64),
}

pub(super) const fn says(day: u64, hour: i8, minute: i8, who: Who, verb: Verb, words: &'static str) -> Beat {
    on_day(day, hour, minute, who, Act::Do(verb, words, With::Nothing))
}

pub(super) const fn with(
    day: u64,
    hour: i8,
    minute: i8,
    who: Who,
    verb: Verb,
    words: &'static str,
    with: With,
) -> Beat {
    on_day(day, hour, minute, who, Act::Do(verb, words, with))
}

/// The tales.
pub(super) fn tales() -> Vec<Dated> {
    vec![
        (27, (11, 5, 12), kept()),
        (25, (14, 20, 40), held()),
        (21, (10, 40, 3), missed()),
        (19, (16, 2, 51), excepted()),
        (17, (13, 30, 20), in_a_window()),
        (12, (11, 15, 9), called_off()),
        (6, (15, 45, 33), waiting()),
        (2, (10, 25, 18), going_on()),
        (10, (10, 52, 30), advised()),
        (4, (14, 6, 10), asked_for()),
        (5, (14, 0, 0), announced(&OWN_WORK)),
        (1, (11, 0, 0), announced(&THEIR_WORK)),
    ]
}

fn tale(project: &'static str, order: &'static Order, beats: Vec<Beat>) -> Tale {
    Tale { project, opening: Act::Order(order), beats }
}

fn kept() -> Tale {
    const ORDER: Order =
        Order { by: Sho, entry: "backup", fields: &[("work", "add"), ("host", "db01.stock.example.jp")] };
    let plan = "在庫データベース db01 のスナップショットを1回取得します。取得中も在庫の照会と更新は続けられます。不要になれば削除します。";
    let done = "スナップショットを取得しました。取得時刻は13:10、世代の名前は stock-db01-before-sale です。";
    tale(
        "STOCK",
        &ORDER,
        vec![
            says(0, 11, 24, Naoto, Verb::Take, ""),
            says(0, 11, 40, Naoto, Verb::Plan, plan),
            says(0, 13, 5, Naoto, Verb::Begin, ""),
            says(0, 13, 32, Naoto, Verb::Complete, done),
            says(1, 9, 50, Sho, Verb::Close, ""),
        ],
    )
}

/// Kept by the hold only: the customer's answer took two business days.
fn held() -> Tale {
    const ORDER: Order = Order {
        by: Sho,
        entry: "account",
        fields: &[("work", "add"), ("user", "stock-report"), ("of", "iam"), ("rights", "在庫の集計を読むこと")],
    };
    tale(
        "STOCK",
        &ORDER,
        vec![
            says(0, 14, 50, Naoto, Verb::Take, ""),
            says(0, 15, 5, Naoto, Verb::Ask, "集計を置いているバケットは stock-daily だけでよろしいでしょうか。"),
            says(2, 11, 20, Sho, Verb::Answer, "はい、stock-daily だけです。"),
            says(2, 13, 10, Naoto, Verb::Plan, "読み取りだけのポリシーを付けた IAM ユーザーを作成します。"),
            says(2, 13, 20, Naoto, Verb::Begin, ""),
            says(
                3,
                10,
                40,
                Naoto,
                Verb::Complete,
                "IAM ユーザー stock-report を作成し、読み取りだけができることを確認しました。",
            ),
            says(3, 16, 0, Sho, Verb::Close, ""),
        ],
    )
}

/// Missed by an afternoon, told, explained, closed.
fn missed() -> Tale {
    const ORDER: Order = Order {
        by: Aki,
        entry: "security_group",
        fields: &[
            ("work", "add"),
            ("host", "batch01.stock.example.jp"),
            ("rule", "受注先 203.0.113.20 から 443 を許可"),
        ],
    };
    tale(
        "STOCK",
        &ORDER,
        vec![
            says(0, 11, 2, Naoto, Verb::Take, ""),
            says(
                0,
                11,
                30,
                Naoto,
                Verb::Plan,
                "Security Group に受信の規則を一つ追加します。戻すときはその規則を消します。",
            ),
            says(2, 10, 5, Naoto, Verb::Begin, ""),
            says(2, 10, 20, Naoto, Verb::Complete, "203.0.113.20 からの 443 を許可しました。"),
            says(
                2,
                11,
                0,
                Naoto,
                Verb::Explain,
                "担当者の作業の一覧から漏れ、期限の19:00までに設定できませんでした。当日の15:00に残りを二人で読み合わせることにしました。",
            ),
            says(2, 15, 10, Aki, Verb::Close, ""),
        ],
    )
}

/// 特段の事情, before the due had passed.
fn excepted() -> Tale {
    const ORDER: Order = Order {
        by: Aki,
        entry: "consultation",
        fields: &[("topic", "在庫の集計を夜間から昼間に移せるか、負荷を含めて相談したい")],
    };
    tale(
        "STOCK",
        &ORDER,
        vec![
            says(0, 16, 20, Naoto, Verb::Take, ""),
            says(
                1,
                10,
                30,
                Naoto,
                Verb::Plan,
                "月末の処理の負荷を測り、昼間に動かしたときの影響を見積もってお答えします。",
            ),
            says(1, 11, 0, Naoto, Verb::Begin, ""),
            with(
                4,
                15,
                0,
                Yukiko,
                Verb::Except,
                "月末の締めの間は負荷を測れないため、期限を3営業日延ばします。",
                With::DueIn(3),
            ),
            says(
                6,
                14,
                0,
                Naoto,
                Verb::Complete,
                "昼間に移せます。11時台を避ければ、受注の応答は変わりません。測った値を添えました。",
            ),
            says(7, 9, 40, Aki, Verb::Close, ""),
        ],
    )
}

/// Work that affects the service, in the window that was agreed, after both approvals.
fn in_a_window() -> Tale {
    const ORDER: Order =
        Order { by: Mayu, entry: "server", fields: &[("work", "restart"), ("host", "auth01.portal.example.jp")] };
    let plan = "auth01 を停止して起動します。5分ほどログインできません。起動しないときは直前のイメージから起動します。";
    tale(
        "PORTAL",
        &ORDER,
        vec![
            says(0, 13, 44, Naoto, Verb::Take, ""),
            with(0, 14, 10, Naoto, Verb::Plan, plan, With::Effect),
            with(0, 14, 15, Naoto, Verb::Offer, "授業のない時間帯をご提案します。", With::WindowIn(26)),
            with(0, 16, 40, Mayu, Verb::Reply, "", With::Yes),
            says(0, 16, 41, Mayu, Verb::Approve, ""),
            says(0, 17, 20, Yukiko, Verb::Approve, ""),
            says(1, 16, 18, Naoto, Verb::Before, "稼働41日、ログイン中の利用者0、応答時間 2.8秒。"),
            says(1, 16, 20, Naoto, Verb::Begin, ""),
            says(1, 16, 27, Naoto, Verb::After, "起動済み、応答時間 0.3秒、確認用アカウントでログイン可。"),
            says(1, 16, 29, Yukiko, Verb::Check, "別の端末から確認用アカウントでログインしました。"),
            says(
                1,
                16,
                31,
                Naoto,
                Verb::Complete,
                "auth01 を再起動し、確認用アカウントでログインできました。止まっていたのは4分です。",
            ),
            says(2, 10, 0, Mayu, Verb::Close, ""),
        ],
    )
}

fn called_off() -> Tale {
    const ORDER: Order =
        Order { by: Mayu, entry: "account", fields: &[("work", "remove"), ("user", "guest-lecturer"), ("of", "iam")] };
    tale(
        "PORTAL",
        &ORDER,
        vec![
            says(0, 11, 40, Naoto, Verb::Take, ""),
            says(0, 13, 5, Mayu, Verb::Cancel, "講師の契約が延びたため、削除は不要になりました。"),
        ],
    )
}

/// The customer is waited for now.
fn waiting() -> Tale {
    const ORDER: Order =
        Order {
            by: Sho, entry: "consultation", fields: &[("topic", "受注連携の再試行の間隔を短くしたい")]
        };
    tale(
        "STOCK",
        &ORDER,
        vec![
            says(0, 16, 5, Naoto, Verb::Take, ""),
            says(0, 16, 30, Naoto, Verb::Ask, "相手先の取り決めで、1分間に送れる件数の上限はありますか。"),
        ],
    )
}

fn going_on() -> Tale {
    const ORDER: Order =
        Order {
            by: Mayu, entry: "consultation", fields: &[("topic", "入試の期間だけ学習ポータルの台数を増やせるか")]
        };
    tale("PORTAL", &ORDER, vec![says(0, 11, 0, Naoto, Verb::Take, "")])
}

/// A paid option that is not contracted: sales is asked, answers, and is thought over.
fn advised() -> Tale {
    const ORDER: Order = Order {
        by: Aki,
        entry: "meeting",
        fields: &[("content", "月に一度、障害と依頼の傾向を一緒に見る場がほしい。倉庫の担当も出席します。")],
    };
    const ADVICE: &str = "月次の定例会は有償オプションです。1時間、資料の作成を含めたお見積もりをお送りします。";
    const NOTE: &str = "来期の予算に入れたいとのこと。3月の更新に合わせて提案する。";
    const REPLY: &str = "ありがとうございます。社内で検討し、来月の中ごろまでにお返事します。";
    let fill = |day, hour, minute, who, noun, fields| on_day(day, hour, minute, who, Act::Fill(noun, fields));
    tale(
        "STOCK",
        &ORDER,
        vec![
            fill(0, 15, 20, Chihiro, "advice", &[("text", ADVICE)]),
            fill(1, 10, 5, Aki, "message", &[("text", REPLY)]),
            fill(1, 11, 40, Taku, "note", &[("text", NOTE)]),
        ],
    )
}

/// And one that nobody has answered yet.
fn asked_for() -> Tale {
    const ORDER: Order = Order {
        by: Mayu,
        entry: "study_session",
        fields: &[("content", "情報システム室の5名に、クラウドの監視の見方を教えてほしい")],
    };
    tale("PORTAL", &ORDER, vec![])
}

const OWN_WORK: Work = Work {
    by: Naoto,
    hosts: "batch01.portal.example.jp",
    work: "夜間集計サーバ batch01 のOSを更新します。集計は翌朝6時までに終わります。",
    hours_ahead: 30,
};

const THEIR_WORK: Work = Work {
    by: Sho,
    hosts: "link*.stock.example.jp",
    work: "受注連携の切り替えを社内で行います。連携の再試行が増えますが、対応は不要です。",
    hours_ahead: 58,
};

fn announced(work: &'static Work) -> Tale {
    let project = if work.by == Sho { "STOCK" } else { "PORTAL" };
    Tale { project, opening: Act::Announce(work), beats: vec![] }
}

/// The first business day on or after a day.
pub(super) fn office_day(day: Date, calendar: &Calendar) -> anyhow::Result<Date> {
    let mut day = day;
    while !calendar.is_business_day(day)? {
        day = day.tomorrow()?;
    }
    Ok(day)
}

/// The head of desk freezes last month's tables.
pub(super) fn freezing(today: Date, calendar: &Calendar) -> anyhow::Result<Vec<Scene>> {
    let start = local(office_day(today.first_of_month(), calendar)?, (10, 15, 0), calendar)?;
    let scene = |project| Scene { start, tale: Tale { project, opening: Act::FreezeMonth, beats: vec![] } };
    Ok(vec![scene("STOCK"), scene("PORTAL"), scene("HAISHA")])
}

impl Stage {
    pub(super) async fn file(&self, project: &str, order: &Order) -> anyhow::Result<RecordKey> {
        let new = NewRequest {
            project: project.to_owned(),
            entry: order.entry.to_owned(),
            fields: order.fields.iter().map(|(code, value)| ((*code).to_owned(), (*value).to_owned())).collect(),
            ..NewRequest::default()
        };
        Ok(self.desk.file_request(self.caller(order.by)?, &new).await?.key)
    }

    /// A verb of a record whose procedure is not built in.
    pub(super) async fn fill(
        &self,
        project: &str,
        key: &RecordKey,
        who: Who,
        noun: &str,
        fields: &[(&str, &str)],
    ) -> anyhow::Result<()> {
        let tenant = self.tenant_of(project).await?;
        let row = self.desk.store().tenant(&tenant).record(key).await?.context("no such record")?;
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let input = RecordInput { noun: noun.to_owned(), version: row.version, fields };
        self.desk.act_on_record(self.caller(who)?, key, &input).await?;
        Ok(())
    }

    pub(super) async fn announce(&self, project: &str, work: &Work) -> anyhow::Result<()> {
        let from = self.clock.now().plus_ms(work.hours_ahead * HOUR_MS);
        let own = work.by.person().is_some_and(|person| person.customer.is_none());
        let new = NewWindow {
            project: project.to_owned(),
            kind: Some(if own { WindowKind::Planned } else { WindowKind::Customer }),
            hosts: work.hosts.to_owned(),
            work: work.work.to_owned(),
            from: Some(from),
            to: Some(from.plus_ms(2 * HOUR_MS)),
            ..NewWindow::default()
        };
        self.desk.announce_window(self.caller(work.by)?, &new).await?;
        Ok(())
    }

    pub(super) async fn act_on(
        &self,
        key: &RecordKey,
        who: Who,
        verb: Verb,
        words: &str,
        with: With,
    ) -> anyhow::Result<()> {
        let (now, calendar) = (self.clock.now(), self.calendar().await?);
        let project = key.as_str().rsplit_once('-').map_or("", |(project, _)| project);
        let tenant = self.tenant_of(ProjectKey::new(project).as_str()).await?;
        let row = self.desk.store().tenant(&tenant).request(key).await?.context("no such request")?;
        let is_reason = matches!(verb, Verb::Cancel | Verb::GiveBack | Verb::Reply);
        let mut input = RequestInput {
            version: row.version,
            text: if is_reason { String::new() } else { words.to_owned() },
            reason: if is_reason || verb == Verb::Except { words.to_owned() } else { String::new() },
            affects: with == With::Effect,
            agreed: with == With::Yes,
            ..RequestInput::default()
        };
        match with {
            With::WindowIn(hours) => {
                input.from = Some(now.plus_ms(hours * HOUR_MS));
                input.to = Some(now.plus_ms((hours + 2) * HOUR_MS));
            }
            With::DueIn(days) => {
                let due = row.due.context("a due")?;
                input.due = Some(calendar.nth_business_day_after(calendar.date_of(due), BusinessDays::new(days)?)?);
            }
            _ => {}
        }
        self.desk.act_on_request(self.caller(who)?, key, verb, &input).await?;
        Ok(())
    }

    pub(super) async fn freeze_month(&self, project: &str) -> anyhow::Result<()> {
        let tenant = self.tenant_of(project).await?;
        self.desk.freeze_table(self.caller(Yukiko)?, &tenant, &Freeze::default()).await?;
        Ok(())
    }

    /// The newest table of a customer is restated.
    pub(super) async fn restate(&self, project: &str, who: Who, reason: &str) -> anyhow::Result<()> {
        let tenant = self.tenant_of(project).await?;
        let newest = self.desk.frozen_tables(self.caller(Yukiko)?, &tenant).await?.tables.first().map(|row| row.number);
        let asked = Restate { number: newest.context("a frozen table")?, reason: reason.to_owned() };
        self.desk.restate_table(self.caller(who)?, &tenant, &asked).await?;
        Ok(())
    }
}
