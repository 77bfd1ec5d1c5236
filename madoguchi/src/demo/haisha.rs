//! The haulier: a fail-over without impact, a long night of restoring, a missed objective, a recurrence.

use super::Dated;
use super::alarm::{Alarm, Tool};
use super::people::Who::{Emma, Hikari, Kengo, Masaru, Naoto, Shizuka, Tool as Monitor, Yukiko};
use super::story::Act::{
    Call, Check, Close, Deploys, Fires, Judge, Message, Note, Recover, Recur, RenewPlan, Report, Resolves, Step, Take,
    Tell, TellRecovery,
};
use super::story::Whom::{First, Rank};
use super::story::{Tale, after, in_office};
use domain::fact::CallResult::Answered;

static FAILOVER: Alarm = Alarm {
    tool: Tool::Zabbix,
    rule: "RDS failover",
    host: "db01.haisha.example.jp",
    severity: "warning",
    summary: "db01.haisha.example.jp RDS のフェイルオーバーを検知",
    description: "Multi-AZ instance failover completed",
};

/// The database cannot be reached.
pub(super) static DATABASE_DOWN: Alarm = Alarm {
    tool: Tool::Alertmanager,
    rule: "DatabaseUnreachable",
    host: "db01.haisha.example.jp",
    severity: "critical",
    summary: "db01.haisha.example.jp データベースに接続できません（5回連続で失敗）",
    description: "pg_isready が 30 秒間隔で 5 回続けて失敗しました。",
};

/// Nothing comes in from trading partners.
pub(super) static EDI_SILENT: Alarm = Alarm {
    tool: Tool::Zabbix,
    rule: "EDI receive age",
    host: "edi01.haisha.example.jp",
    severity: "error",
    summary: "取引先EDIの受信が30分以上ありません",
    description: "Last value: 31m 12s",
};

static POSITIONS_STALE: Alarm = Alarm {
    tool: Tool::Alertmanager,
    rule: "GpsFeedStale",
    host: "gps-gw01.haisha.example.jp",
    severity: "critical",
    summary: "gps-gw01.haisha.example.jp 位置情報の受信が12分間ありません",
    description: "最後の受信から 720 秒以上経過しています。",
};

/// The tales.
pub(super) fn tales() -> Vec<Dated> {
    vec![
        (35, (13, 5, 44), failover()),
        (26, (23, 52, 3), long_night()),
        (22, (3, 37, 26), late_but_within_the_agreement()),
        (11, (11, 40, 15), recurrence()),
        (3, (14, 0, 30), deployment()),
    ]
}

fn failover() -> Tale {
    Tale {
        project: "HAISHA",
        opening: Fires(&FAILOVER),
        beats: vec![
            after(1, 40, Emma, Take),
            after(
                5,
                30,
                Emma,
                Check {
                    how: "配車画面の表示、位置情報の更新時刻、書き込みの遅延を確認",
                    found: "切り替えは 42 秒で完了。配車画面の操作と位置情報の更新に異常なし",
                },
            ),
            after(9, 10, Emma, Judge { answers: &[false, false, true, false], says: "" }),
            after(
                22,
                15,
                Emma,
                Tell(
                    "データベースの主系に障害が発生し、待機系への切り替え（フェイルオーバー）が自動で完了いたしました。配車画面の操作と位置情報の更新に影響はございません。",
                ),
            ),
            after(24, 0, Monitor, Resolves(&FAILOVER)),
            after(50, 0, Emma, Recover { minutes_ago: 2, data_minutes_ago: None }),
            after(
                58,
                0,
                Emma,
                TellRecovery {
                    method: "待機系の再作成の完了と、書き込みの遅延が平常値であることを確認",
                    says: "待機系の再作成が完了し、冗長構成に戻ったことを確認いたしました。",
                },
            ),
            in_office(
                10,
                30,
                Naoto,
                Close {
                    class: "cloud",
                    cause: "AWS のホスト障害により、RDS の自動フェイルオーバーが発生したものです。",
                    confirmed_by: "野口 勝 様",
                },
            ),
        ],
    }
}

/// Told in seven minutes, reported each hour, restored at four in the morning.
fn long_night() -> Tale {
    Tale {
        project: "HAISHA",
        opening: Fires(&DATABASE_DOWN),
        beats: vec![
            after(0, 45, Hikari, Take),
            after(
                3,
                20,
                Hikari,
                Check {
                    how: "配車画面への接続と、RDS の状態を管理画面で確認",
                    found: "配車画面は接続エラー。RDS インスタンスの状態は failed",
                },
            ),
            after(
                6,
                30,
                Hikari,
                Judge {
                    answers: &[true],
                    says: "配車画面からデータベースに接続できず、操作できない状態です。データベース（RDS）の状態を確認しております。",
                },
            ),
            after(
                7,
                10,
                Hikari,
                Call {
                    whom: First,
                    result: Answered,
                    note: "配車画面を操作できないこと、復旧の見込みは調査中であることをお伝えした。紙の配車表に切り替えるとのこと",
                },
            ),
            after(
                19,
                0,
                Hikari,
                Step {
                    step: "RDS インスタンスを再起動", result: "再起動後も状態は failed のまま"
                },
            ),
            after(
                28,
                0,
                Hikari,
                Step {
                    step: "AWS サポートへ問い合わせ（重大度: 本番システムのダウン）",
                    result: "ストレージの障害との回答。ポイントインタイムリカバリーによる復元を推奨された",
                },
            ),
            after(31, 0, Hikari, Note("復元に切り替える。サポートセンターの森下さんへ電話で引き継いだ。")),
            after(
                62,
                0,
                Hikari,
                Report(
                    "データベースのストレージに障害があり、再起動では回復いたしませんでした。AWS サポートの推奨に従い、ポイントインタイムリカバリーによる復元を開始しております。復元の完了は 04:00 ごろの見込みです。",
                ),
            ),
            after(
                122,
                0,
                Hikari,
                Report(
                    "新しいデータベースへの復元を続けております。進み具合は 40% ほどで、完了の見込みは 04:00 ごろのまま変わっておりません。",
                ),
            ),
            after(
                182,
                0,
                Kengo,
                Report(
                    "新しいデータベースへの復元は 80% ほど進んでおります。並行して、配車システムの接続先を切り替える準備をしております。",
                ),
            ),
            after(
                236,
                0,
                Naoto,
                Step {
                    step: "ポイントインタイムリカバリーで新しい RDS インスタンスへ復元",
                    result: "03:47 に復元完了。データは 23:47 時点（障害発生の5分前）",
                },
            ),
            after(
                243,
                0,
                Hikari,
                Report(
                    "復元が完了し、運行データの整合を確認しております。確認が済み次第、配車システムの接続先を切り替えます。",
                ),
            ),
            after(
                262,
                0,
                Naoto,
                Step {
                    step: "配車システムの接続先を新しい RDS インスタンスへ切り替え",
                    result: "配車画面の表示と登録を確認。位置情報の更新も再開",
                },
            ),
            after(264, 0, Monitor, Resolves(&DATABASE_DOWN)),
            after(275, 0, Hikari, Recover { minutes_ago: 12, data_minutes_ago: Some(280) }),
            after(
                284,
                0,
                Hikari,
                TellRecovery {
                    method: "配車画面の登録と位置情報の更新を、夜間当直の方と電話で確認",
                    says: "配車画面の操作と位置情報の更新を確認いたしました。データは 23:47 時点に復元しております。お手数をおかけいたしますが、23:47 以降に登録された運行データは再度のご登録をお願いいたします。",
                },
            ),
            in_office(
                10,
                30,
                Masaru,
                Message(
                    "夜間のご対応ありがとうございました。23:47 以降の登録 12 件は、当直の控えから入力し直しました。",
                ),
            ),
            in_office(
                13,
                0,
                Naoto,
                Close {
                    class: "cloud",
                    cause: "RDS のストレージの障害が原因です。新しいインスタンスへの復元により復旧いたしました。",
                    confirmed_by: "野口 勝 様",
                },
            ),
        ],
    }
}

/// Two incidents at once: told after nineteen minutes, and one mail comes back.
fn late_but_within_the_agreement() -> Tale {
    Tale {
        project: "EDI",
        opening: Fires(&EDI_SILENT),
        beats: vec![
            after(11, 0, Hikari, Take),
            after(
                14,
                20,
                Hikari,
                Check {
                    how: "受信サーバーのログと、取引先との接続を確認",
                    found: "03:05 以降の受信が止まっている。証明書の期限切れにより接続を拒否している",
                },
            ),
            after(
                18,
                50,
                Hikari,
                Judge {
                    answers: &[true],
                    says: "取引先 EDI の受信が 03:05 から止まっております。通信用の証明書の期限切れが原因とみられ、更新の準備を進めております。",
                },
            ),
            after(
                19,
                40,
                Hikari,
                Call {
                    whom: First,
                    result: Answered,
                    note: "受信が止まっていること、証明書を更新することをお伝えした",
                },
            ),
            after(
                26,
                0,
                Kengo,
                Call {
                    whom: Rank(2),
                    result: Answered,
                    note: "堤様宛てのメールが不達のため、夜間当直の方へ電話で内容をお伝えした。堤様のアドレスは異動で変わったとのこと",
                },
            ),
            after(
                33,
                20,
                Hikari,
                Step {
                    step: "保守手順 EDI-04 に従い、受信サーバーの証明書を更新",
                    result: "04:10 に更新完了。取引先3社からの受信が再開",
                },
            ),
            after(35, 0, Monitor, Resolves(&EDI_SILENT)),
            after(
                36,
                30,
                Hikari,
                Note(
                    "同じ時刻に別のお客様の対応が重なり、担当につくのが遅れた。判定は受信から 18 分 50 秒後で、SLO の 15 分を過ぎた。",
                ),
            ),
            after(40, 0, Hikari, Recover { minutes_ago: 6, data_minutes_ago: None }),
            after(
                46,
                30,
                Hikari,
                TellRecovery {
                    method: "受信ログで取引先3社の受信と、滞留分の取り込み完了を確認",
                    says: "取引先3社からの受信が再開し、滞留していたデータ 87 件の取り込みが完了したことを確認いたしました。",
                },
            ),
            after(
                53,
                0,
                Hikari,
                Call {
                    whom: Rank(2),
                    result: Answered,
                    note: "堤様宛ての復旧連絡も不達のため、夜間当直の方へ電話で復旧をお伝えした",
                },
            ),
            in_office(10, 20, Shizuka, RenewPlan),
            in_office(
                10,
                50,
                Yukiko,
                Message(
                    "今回の発生連絡は、目標の 15 分を過ぎ、アラートの受信から 19 分後となりました。お詫び申し上げます。障害が重なった際の応援の手順を見直してまいります。",
                ),
            ),
            in_office(
                15,
                0,
                Naoto,
                Close {
                    class: "middleware",
                    cause: "通信用の証明書の期限切れが原因です。期限の30日前に通知する監視を追加いたしました。",
                    confirmed_by: "野口 勝 様",
                },
            ),
        ],
    }
}

/// It came back five minutes after the recovery notice.
fn recurrence() -> Tale {
    Tale {
        project: "HAISHA",
        opening: Fires(&POSITIONS_STALE),
        beats: vec![
            after(1, 5, Emma, Take),
            after(
                3,
                50,
                Emma,
                Check {
                    how: "位置情報の最終更新時刻と、gps-gw01 のプロセスを確認",
                    found: "全車両の位置情報が 11:28 から更新されていない",
                },
            ),
            after(
                7,
                0,
                Emma,
                Judge {
                    answers: &[false, true],
                    says: "車両の位置情報の更新が 11:28 から止まっております。受信サーバー gps-gw01 を確認しております。",
                },
            ),
            after(
                7,
                45,
                Emma,
                Call {
                    whom: First,
                    result: Answered,
                    note: "位置情報の更新が止まっていることをお伝えした。運転者への電話で位置を確認するとのこと",
                },
            ),
            after(14, 0, Emma, Step { step: "gps-gw01 の受信プロセスを再起動", result: "11:54 に受信を再開" }),
            after(15, 0, Monitor, Resolves(&POSITIONS_STALE)),
            after(19, 0, Emma, Recover { minutes_ago: 5, data_minutes_ago: None }),
            after(
                24,
                30,
                Emma,
                TellRecovery {
                    method: "配車画面で全車両の位置情報が更新されていることを確認",
                    says: "全車両の位置情報が更新されていることを確認いたしました。",
                },
            ),
            after(29, 10, Monitor, Fires(&POSITIONS_STALE)),
            after(31, 0, Emma, Recur("復旧連絡の後、12:09 に再び位置情報の受信が止まった。")),
            after(
                31,
                40,
                Emma,
                Message(
                    "復旧をご連絡した後、再び位置情報の更新が止まっております。申し訳ございません。原因の調査を続けております。",
                ),
            ),
            after(32, 30, Emma, Call { whom: First, result: Answered, note: "再び更新が止まったことをお伝えした" }),
            after(
                45,
                0,
                Emma,
                Step {
                    step: "受信プロセスのログを解析",
                    result: "特定の車載器が送る不正な形式の電文で、プロセスが停止している",
                },
            ),
            after(
                56,
                0,
                Emma,
                Step {
                    step: "該当する車載器（1台）からの受信を遮断", result: "受信が再開し、安定している"
                },
            ),
            after(57, 0, Monitor, Resolves(&POSITIONS_STALE)),
            after(
                64,
                0,
                Emma,
                Report(
                    "不正な形式の電文を送る車載器1台からの受信を遮断し、ほかの車両の位置情報は更新を再開しております。再発しないことを確認するため、経過を観察しております。",
                ),
            ),
            after(90, 0, Emma, Recover { minutes_ago: 34, data_minutes_ago: None }),
            after(
                96,
                0,
                Emma,
                TellRecovery {
                    method: "30分間、受信が途切れないことを監視と配車画面で確認",
                    says: "遮断した1台を除く全車両の位置情報が、30分間途切れずに更新されていることを確認いたしました。",
                },
            ),
            in_office(
                11,
                0,
                Naoto,
                Close {
                    class: "application",
                    cause: "車載器1台が不正な形式の電文を送信し、受信プロセスが停止したものです。該当する車載器の交換をお願いしております。",
                    confirmed_by: "野口 勝 様",
                },
            ),
        ],
    }
}

/// No incident: a deployment that a tool told.
fn deployment() -> Tale {
    let opening =
        Deploys { summary: "配車システム v2.18.1 を本番環境へ反映", source: "deploy.haisha.example.jp" };
    Tale { project: "HAISHA", opening, beats: vec![] }
}
