//! The school: no telephone at night and a signed waiver, so the published notice alone ends its clocks.

use super::Dated;
use super::alarm::{Alarm, Tool};
use super::people::Who::{Emma, Hikari, Kengo, Naoto, Tool as Monitor};
use super::story::Act::{
    Check, Close, Confirm, FinalReport, Fires, Judge, Recover, Repeats, Resolves, Step, Take, Tell, TellRecovery,
};
use super::story::{Tale, after, in_office};

/// Nobody can log in.
pub(super) static LOGIN_FAILS: Alarm = Alarm {
    tool: Tool::Alertmanager,
    rule: "LoginFailureRate",
    host: "portal01.portal.example.jp",
    severity: "critical",
    summary: "portal01.portal.example.jp ログイン失敗率が 90% を超過（直近5分）",
    description: "ログイン要求 212 件のうち 204 件が失敗しました。",
};

static DISK_SLOW: Alarm = Alarm {
    tool: Tool::Zabbix,
    rule: "Disk write latency",
    host: "lib01.library.example.jp",
    severity: "warning",
    summary: "lib01.library.example.jp ディスクの応答時間が 200 ms を超過",
    description: "Current value: 238 ms",
};

static VIDEO_DELAY: Alarm = Alarm {
    tool: Tool::Alertmanager,
    rule: "VideoSegmentDelay",
    host: "video01.portal.example.jp",
    severity: "warning",
    summary: "video01.portal.example.jp 動画配信の遅延が 8 秒を超過",
    description: "配信経路 3 本のうち 1 本で遅延が大きくなっています。",
};

/// The tales.
pub(super) fn tales() -> Vec<Dated> {
    vec![(31, (22, 48, 52), login()), (16, (5, 20, 37), flapping()), (9, (3, 10, 19), judged_late())]
}

/// Nobody answered the recovery notice: closed after five business days.
fn login() -> Tale {
    Tale {
        project: "PORTAL",
        opening: Fires(&LOGIN_FAILS),
        beats: vec![
            after(1, 20, Hikari, Take),
            after(
                4,
                0,
                Hikari,
                Check {
                    how: "確認用アカウントで学習ポータルにログイン",
                    found: "認証の画面でエラーとなり、ログインできない",
                },
            ),
            after(
                7,
                30,
                Hikari,
                Judge {
                    answers: &[false],
                    says: "学習ポータルにログインできない状態です。認証サーバーの状態を確認しております。",
                },
            ),
            after(
                21,
                30,
                Hikari,
                Step {
                    step: "認証サーバー auth01 のサービスを再起動",
                    result: "23:10 に再起動完了。確認用アカウントでログインできた",
                },
            ),
            after(22, 30, Monitor, Resolves(&LOGIN_FAILS)),
            after(30, 0, Hikari, Recover { minutes_ago: 8, data_minutes_ago: None }),
            after(
                36,
                0,
                Hikari,
                TellRecovery {
                    method: "確認用アカウント3件でログインし、課題の提出まで操作",
                    says: "学習ポータルへのログインと、課題の提出ができることを確認いたしました。",
                },
            ),
            in_office(15, 10, Naoto, FinalReport),
        ],
    }
}

/// One incident, few messages, an exact counter.
fn flapping() -> Tale {
    Tale {
        project: "LIBRARY",
        opening: Fires(&DISK_SLOW),
        beats: vec![
            after(0, 55, Kengo, Take),
            after(1, 10, Monitor, Repeats(&DISK_SLOW, 18)),
            after(3, 20, Monitor, Resolves(&DISK_SLOW)),
            after(4, 30, Monitor, Fires(&DISK_SLOW)),
            after(4, 40, Monitor, Repeats(&DISK_SLOW, 14)),
            after(6, 30, Monitor, Resolves(&DISK_SLOW)),
            after(8, 0, Monitor, Fires(&DISK_SLOW)),
            after(8, 10, Monitor, Repeats(&DISK_SLOW, 9)),
            after(10, 30, Monitor, Resolves(&DISK_SLOW)),
            after(
                12,
                0,
                Kengo,
                Check {
                    how: "蔵書検索と貸出の画面を操作し、夜間バックアップの状況を確認",
                    found: "画面の応答は 1 秒以内。遅延はバックアップの実行中だけ発生している",
                },
            ),
            after(13, 40, Kengo, Judge { answers: &[false, false, false], says: "" }),
            after(
                26,
                0,
                Kengo,
                Tell(
                    "夜間バックアップの時間帯に、ディスクの応答が断続的に遅くなっております。同じ通知が40回ほど繰り返されましたが、蔵書検索と貸出の操作に影響はございません。",
                ),
            ),
            after(70, 0, Kengo, Recover { minutes_ago: 59, data_minutes_ago: None }),
            after(
                75,
                0,
                Kengo,
                TellRecovery {
                    method: "バックアップの終了後60分間、ディスクの応答時間に異常なし",
                    says: "バックアップの終了後、ディスクの応答時間が平常値に戻ったことを確認いたしました。",
                },
            ),
            in_office(
                11,
                20,
                Naoto,
                Close {
                    class: "os",
                    cause: "夜間バックアップと索引の更新が重なり、ディスクの応答が遅くなったものです。バックアップの開始を1時間早めました。",
                    confirmed_by: "栗田 真由 様",
                },
            ),
        ],
    }
}

/// "No impact" after a quarter of an hour counts once a second person has confirmed it.
fn judged_late() -> Tale {
    Tale {
        project: "PORTAL",
        opening: Fires(&VIDEO_DELAY),
        beats: vec![
            after(2, 0, Emma, Take),
            after(
                12,
                0,
                Emma,
                Check {
                    how: "授業動画3本を、学外の回線から再生",
                    found: "再生の開始に遅れはなく、途中で止まることもない",
                },
            ),
            after(17, 30, Emma, Judge { answers: &[true, false, false], says: "" }),
            after(22, 0, Kengo, Confirm),
            after(
                31,
                0,
                Emma,
                Tell(
                    "動画配信の経路の一部で遅延が増えておりますが、ほかの経路に自動で切り替わっており、授業動画の再生に影響はございません。",
                ),
            ),
            after(44, 0, Monitor, Resolves(&VIDEO_DELAY)),
            after(55, 0, Emma, Recover { minutes_ago: 11, data_minutes_ago: None }),
            after(
                60,
                0,
                Emma,
                TellRecovery {
                    method: "配信経路3本の遅延が平常値であることを監視で確認",
                    says: "すべての配信経路で、遅延が平常値に戻ったことを確認いたしました。",
                },
            ),
            in_office(
                10,
                45,
                Naoto,
                Close {
                    class: "network",
                    cause: "動画配信の経路の一部で発生した混雑が原因です。配信事業者により解消されました。",
                    confirmed_by: "栗田 真由 様",
                },
            ),
        ],
    }
}
